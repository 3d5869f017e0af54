/** 卡片、建议操作，以及点击时的询问。 */
export const bot = {
  card: '［卡片］', cards: '［{count} 张卡片］', carousel: '一排 {count} 张卡片', nth: '第 {n} 张，共 {count} 张。{title}',
  before: '前面的卡片', next: '后面的卡片', chips: '建议的回复',
  stale: '较早的内容', answers: '回复：{words}', shared: '您提供了这台设备的信息', instead: '改为打开网页',
  does: {
    reply: '回复：{text}', openUrl: '打开 {host}', openLink: '打开链接', dial: '拨打 {number}', showPlace: '显示位置', sendPlace: '发送您选择的位置',
    addEvent: '添加到日历：{title}', writeText: '发短信给 {number}', record: { audio: '录制语音消息', video: '录制视频' },
    shareDevice: '提供这台设备的信息', showNumber: '告知您的身份', tellRead: '告知您何时读过消息',
  },
  staleAsk: {
    title: '仍要使用较早的内容？', text: '{name}之后又发来了新内容。当时提供的可能已经失效，也可能被重复办理。', act: '仍然使用',
  },
  url: {
    title: '打开这个链接？', text: '{name}请您在雁信之外打开网页，地址是：', act: '打开', letters: '原文字母：',
    lookAlike: '请留意：这个地址里的字母看起来像拉丁字母，其实不是，可能在冒充您熟悉的网站。',
    isOpen: '通往该网页的连接没有加密，别人可能读到您在上面输入的内容。',
    refused: {
      credentials: '没有打开：地址用 {\'@\'} 之前的名字掩饰自己，看起来像另一个网站。',
      scheme: '没有打开：这类链接可能对这台电脑进行操作。',
      broken: '没有打开：这不是一个地址。',
    },
  },
  dial: {
    title: '拨打这个号码？', text: '{name}建议拨打：', act: '拨打', subject: '事由：{subject}',
    how: '将打开这台电脑上的通话程序，它可能会再次询问。', video: '将打开这台电脑上的通话程序，能否视频取决于该程序。',
    refused: '这不是电话号码。带 * 或 # 的代码不会拨出，它们可能更改您线路的设置。',
  },
  place: { title: '位置', query: '在雁信之外的地图中搜索。', searchIn: '在{where}中搜索' },
  event: {
    title: '添加到日历？', act: '保存为日历文件', text: '您会得到一个文件（.ics），各种日历都能导入。',
    refused: '无法添加：开始和结束时间不合理。',
  },
  text: {
    title: '写这条消息？', text: '{name}建议发给：', here: '放入输入框', outside: '用其他程序打开',
    stays: '现在还不会发送，您可以先修改。', program: '您在这里没有与该号码的会话。将打开这台电脑上发短信的程序，现在还不会发送。',
  },
  record: {
    title: { audio: '录制语音消息？', video: '录制视频？' }, text: '{name}请您录制，发给：', act: '开始录音',
    how: '按下发送之后才会发出。', video: '这里无法录制视频。您可以用其他方式录好，再用回形针按钮发送。',
  },
  device: {
    title: '提供这台设备的信息？', text: '{name}只会得到以下内容，仅此一次：', act: '提供', refused: '没有提供任何内容：目前无法得知会提供什么。',
    model: '设备', system: '系统', program: '程序', battery: '电量', minutes: '还可用 {minutes} 分钟',
  },
  showNumber: { title: '让{name}知道您是谁？', text: '从现在起，{name}会得知您的地址：', act: '告知' },
  tellRead: { title: '告诉{name}您读了什么？', text: '从现在起，{name}会得知您何时读过它的消息。', act: '告知' },
}
