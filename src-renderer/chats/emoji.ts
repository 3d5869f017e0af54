/** A small set, by what people reach for; the system's own picker has the rest. */
export const emoji = {
  faces: '😀 😄 😂 🤣 😊 😉 😍 🥰 😘 😋 😎 🤩 🤔 🤗 🙃 😏 😌 😴 😅 😬 😳 🥺 😢 😭 😤 😡 😱 🤯 😷 🤒 🙄 🤐',
  hands: '👍 👎 👌 ✌️ 🤞 🙏 👏 🤝 💪 👋 🤙 👉 👈 ☝️ 🫶 🙌',
  hearts: '❤️ 🧡 💛 💚 💙 💜 🖤 💔 💕 ✨ 🔥 🎉 🎂 🎁 🌹 🌙',
  life: '☀️ 🌧️ ❄️ ☕ 🍵 🍜 🍚 🥟 🍎 🍉 🍺 🚗 🚄 ✈️ 🏠 🐶 🐱 🐼 🪿 🌳 ⚽ 🎵 📷 📎 📅 ⏰ ✅ ❌ ❓ ❗ 💡 💰',
} as const

export const emojiGroups = Object.entries(emoji).map(([name, list]) => ({ name: name as keyof typeof emoji, list: list.split(' ') }))
