import { Converter } from 'opencc-js/cn2t'

/** Numbers in [0, 1) that are the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Draws ranks 0 … count - 1, each as often as `(rank + shift) ** -exponent` says; constant time for each (Vose's alias method). */
export function zipf(count: number, exponent: number, random: () => number, shift = 1): () => number {
  const weights = Float64Array.from({ length: count }, (_, rank) => (rank + shift) ** -exponent)
  const sum = weights.reduce((a, b) => a + b)
  const share = weights.map((weight) => (weight * count) / sum)
  const alias = new Uint32Array(count)
  const small: number[] = []
  const large: number[] = []
  share.forEach((part, rank) => (part < 1 ? small : large).push(rank))
  while (small.length && large.length) {
    const less = small.pop()!
    const more = large.at(-1)!
    alias[less] = more
    share[more]! -= 1 - share[less]!
    if (share[more]! < 1) small.push(large.pop()!)
  }
  for (const rank of [...small, ...large]) share[rank] = 1
  return () => {
    const rank = Math.floor(random() * count)
    return random() < share[rank]! ? rank : alias[rank]!
  }
}

// The most frequent characters of written Chinese, in about that order.
const frequent = '的一是不了我人在有他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里' +
  '用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十' +
  '民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内' +
  '信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受' +
  '目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完' +
  '设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运'

const words = ('你好 明天 今天 昨天 晚上 早上 下午 什么 怎么 为什么 可以 不用 没有 知道 谢谢 不客气 对不起 没关系 吃饭 回家 上班 下班 开会 会议 ' +
  '电话 微信 短信 手机 电脑 文件 发票 合同 快递 地址 医院 学校 老师 同学 妈妈 爸爸 朋友 孩子 周末 时间 地铁 高铁 机场 航班 火车票 身份证 ' +
  '验证码 银行 转账 余额 订单 已发货 生日快乐 新年快乐 恭喜发财 一路平安 北京 上海 广州 深圳 台北 香港 发展 头发 里面 后面 前面 干净 干部 ' +
  '面条 只是 一只 钟表 复杂 回复 历史 日历 准备 出发 到了吗 马上 稍等 收到 好的 没问题 辛苦了 加油 哈哈 哈哈哈 嗯嗯 是的 不是 我们 他们 ' +
  '这个 那个 一下 一起 已经 现在 以后 因为 所以 但是 如果 觉得 需要 应该 问题 工作 公司 项目 客户 系统 数据 网络 测试 服务器').split(' ')

const english = ('the to and a of in is it you that for on was with be this have are at not but we they he she what so do can just will ' +
  'if your my me all there about out up one would like time get know good see now how think going then when ok yes no thanks please ' +
  'tomorrow today meeting call home work email file send received message phone number lunch dinner train airport ticket hotel invoice ' +
  'project customer server release deploy review update hello hi hey sorry great sure maybe later morning evening night weekend birthday ' +
  'happy love family school doctor order delivery address password account network weather coffee').split(' ')

export const emoji = [...'😂👍😊❤🙏😭🎉😅🤔😁🌹🔥💪🎂🍜🚄🌧🐶🧧🥳🍎🏃🎵📎📷🏠🚗🧋🐼🪿'].filter((each) => each !== '\ufe0f')

const decoder = new TextDecoder('gb2312')
/** The characters of GB 2312: level 1 (3,755 in use), then level 2 (3,008 that are rare). */
function gb2312(firstRow: number, lastRow: number): string[] {
  const found: string[] = []
  for (let row = firstRow; row <= lastRow; row++) {
    for (let cell = 1; cell <= 94; cell++) found.push(decoder.decode(Uint8Array.of(row + 0xa0, cell + 0xa0)))
  }
  return found.filter((character) => /^\p{Script=Han}$/u.test(character))
}

function shuffled<Item>(items: Item[], random: () => number): Item[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[items[i], items[j]] = [items[j]!, items[i]!]
  }
  return items
}

export const toTraditional = Converter({ from: 'cn', to: 'tw' })

/** What the texts are made of, most frequent first: for queries that must be common or rare. */
export interface Vocabulary { characters: string[]; chinese: string[]; english: string[] }

/** Makes chat messages: Chinese (a part of them traditional), English, both mixed, numbers, emoji, of 1 to some 400 characters. */
export function chatTexts(seed: number): { text: () => string; vocabulary: Vocabulary } {
  const random = seeded(seed)
  const pick = <Item>(items: ArrayLike<Item>): Item => items[Math.floor(random() * items.length)]!
  const common = [...new Set(frequent)]
  const used = new Set(common)
  const characters = [...common, ...shuffled(gb2312(16, 55), random).filter((each) => !used.has(each)), ...shuffled(gb2312(56, 87), random)]
  // Zipf-Mandelbrot: the first character is 3 % of a text, the first 100 are some 60 %, the first 1,000 some 90 %.
  const character = zipf(characters.length, 1.35, random, 13)
  const made = (length: number): string => Array.from({ length }, () => characters[character()]!).join('')
  const chinese = [...words, ...Array.from({ length: 20_000 }, () => made(random() < 0.75 ? 2 : random() < 0.6 ? 3 : 4))]
  const syllables = 'ba co di fe ga ho in ju ka lo mi ne or pa qui re sa ti un ver wi xe yo za ment tion ing er est ly con pro ex'.split(' ')
  const latin = [...english, ...Array.from({ length: 8_000 }, () => Array.from({ length: 2 + Math.floor(random() * 3) }, () => pick(syllables)).join(''))]
  const chineseWord = zipf(chinese.length, 1, random, 3)
  const latinWord = zipf(latin.length, 1.05, random, 2)
  const digits = (length: number): string => Array.from({ length }, () => Math.floor(random() * 10)).join('')
  const numbers = [
    () => digits(6), () => `1${pick(['38', '39', '86', '55'])}${digits(8)}`, () => `¥${digits(2)}.${digits(2)}`,
    () => `${1 + Math.floor(random() * 12)}:${digits(2)}`, () => `2026-0${1 + Math.floor(random() * 9)}-1${digits(1)}`, () => `SF${digits(12)}`,
  ]
  // Half of all messages have up to a dozen characters, one in a hundred is a letter.
  const length = (): number => Math.min(400, Math.max(1, Math.round(Math.exp(2.2 + 0.9 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())))))

  const inChinese = (): string => {
    let text = ''
    for (let left = length(), clause = 0; left > 0;) {
      const word = random() < 0.45 ? characters[character()]! : chinese[chineseWord()]!
      text += word
      left -= word.length
      clause += word.length
      if (left > 0 && clause > 6 && random() < 0.4) {
        text += pick('，，，。。？！、')
        clause = 0
      }
    }
    return text
  }
  const inEnglish = (): string => {
    const count = Math.max(1, Math.round(length() / 2.5))
    const text = Array.from({ length: count }, () => latin[latinWord()]!).join(' ')
    return `${text[0]!.toUpperCase()}${text.slice(1)}${pick(['', '', '.', '?', '!'])}`
  }
  const text = (): string => {
    const kind = random()
    let made = kind < 0.58 ? inChinese() : kind < 0.7 ? toTraditional(inChinese()) : kind < 0.88 ? inEnglish()
      : `${inChinese()}${random() < 0.5 ? ' ' : ''}${latin[latinWord()]!}${inChinese()}`
    if (random() < 0.12) made = random() < 0.3 ? pick(numbers)() : `${made}${pick(numbers)()}`
    if (random() < 0.1) made = random() < 0.15 ? pick(emoji) : `${made}${pick(emoji)}`
    return made
  }
  return { text, vocabulary: { characters, chinese, english: latin } }
}
