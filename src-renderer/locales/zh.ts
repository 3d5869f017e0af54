import type { Words } from './en'
import { faults } from './zh-faults'

/** 窗口里的全部中文。 */
export const zh: Words = {
  app: { name: '雁信', starting: '雁信正在启动…' },
  ui: {
    close: '关闭', cancel: '取消', dismiss: '知道了', notices: '提示', tryAgain: '重试',
    showPassword: '显示密码', hidePassword: '隐藏密码',
  },
  rail: { label: '雁信', chats: '消息', settings: '设置', account: '账号', unread: '{count} 条未读消息' },
  link: {
    online: '在线', connecting: '正在连接…', waiting: '离线，正在重试', stopped: '未连接', 'signed-out': '已退出',
    trial: '仅在本机',
  },
  banner: {
    waiting: '您已离线。写下的消息会保存好，恢复连接后自动发出。',
    next: '{seconds} 秒后重试。',
    stopped: '未连接。', connecting: '正在重新连接…',
    lost: '此窗口与雁信失去联系，正在重试。已发送的内容是安全的。',
    ended: '雁信已关闭。重新启动后，此窗口会自动恢复。',
    failed: '此窗口的内容未能更新，正在重试。',
    signIn: '重新登录',
  },
  start: {
    brokenTitle: '雁信无法启动',
    refusedTitle: '此链接已过期',
    refusedText: '为了安全，雁信每次启动都有自己的链接。请重新启动雁信，并打开它给出的链接。',
  },
  list: {
    title: '消息', label: '消息', new: '新会话', search: '搜索联系人和消息', clear: '清除搜索',
    conversations: '会话', draft: '草稿：', you: '我', nothingYet: '还没有消息',
    unread: '{count} 条未读消息',
    emptyTitle: '还没有会话', emptyText: '给一个号码或地址写条消息，会话就会出现在这里。',
    width: '列表宽度', filling: '正在准备您的会话：{done}%',
  },
  search: {
    messages: '消息', here: '在此会话中搜索', in: '搜索与{name}的消息', older: '显示更早的结果',
    found: '没有找到 | 找到 {count} 条消息 | 找到 {count} 条消息',
    nothingTitle: '没有找到“{query}”', nothingText: '中文的任何片段都能找到，外文单词可按开头查找。',
    emptyTitle: '查找消息', emptyText: '输入一个词、词的开头，或者一个汉字。',
  },
  thread: {
    back: '返回会话列表', details: '详情', search: '在此会话中搜索', unread: '以下为未读消息',
    latest: '跳到最新', messages: '与{name}的消息', typing: '{name}正在输入', waiting: '正在加载',
    emptyTitle: '与{name}的会话从这里开始', emptyText: '在下方写第一句话。',
    noneTitle: '接着聊', noneText: '从左侧选择一个会话，或发起新会话。',
  },
  message: {
    expired: '有一条发给您的消息等待太久，在送达前已过期。',
    unsupported: '此版本还无法显示这种消息（{type}）',
    goesTo: '实际前往 {host}', more: '展开全文', less: '收起', actions: '操作', journey: '消息旅程', copy: '复制文字',
    copied: '已复制', again: '重试', why: '原因', takeBack: '收回到输入框',
  },
  status: { keeping: '尚未保存', queued: '等待发送', sent: '已发送', failed: '未发出', delivered: '已送达', displayed: '已读' },
  journey: {
    kept: '已妥善保存', sending: '正在发送', answered: '已应答', retry: '再次尝试', sent: '已被接收', received: '已收到',
    delivered: '已送达', displayed: '已读', failed: '失败', expired: '已过期',
    by: { relay: '中继', network: '网络', 'this-computer': '本机' },
    incoming: '已收到', none: '没有这条消息的经过记录。', id: '消息编号',
  },
  peer: {
    typing: '正在输入…', online: '在线', away: '离开', chatbot: '聊天机器人', none: '此地址不存在',
    unknown: '尚不知道消息能否送达', rcs: '可接收消息',
    awayLong: '{name}不在线。您的消息会保存好，对方回来后立即送出。',
    copy: '复制地址', ask: '再次查询', address: '地址', count: '消息数',
  },
  composer: {
    label: '写消息', write: '发给{name}的消息', placeholder: '写消息', send: '发送', emoji: '表情',
    waits: '先保存在这里，恢复连接后自动发出。',
    tooLong: '超出 {over} 字节：请缩短，或分两条发送。',
  },
  emoji: { faces: '表情', hands: '手势', hearts: '心意与节庆', life: '日常' },
  new: {
    title: '新会话', text: '给一个手机号码或地址写消息。', to: '号码或地址',
    hint: '例如 +86 138 0013 8000，或用 mei 表示 mei{\'@\'}{domain}', hintBare: '例如 +86 138 0013 8000 或 mei{\'@\'}example.org',
    empty: '请先填写号码或地址。', open: '打开会话',
  },
  welcome: {
    title: '鸿雁传书，句句必达', text: '在电脑上收发 5G 消息。\n您发出的每一条，都会妥善保存到送达为止。',
    try: '在本机试用', tryText: '无需账号：马上有人陪您聊，一切都留在这台电脑上。',
    or: '或登录', address: '您的地址', addressHint: '由运营商或单位提供，形如 mei{\'@\'}example.org',
    password: '密码', relay: '中继', relayHint: '连接到哪里。留空则为 {relay}', relayHintBare: '连接到哪里，例如 sip:relay.example.org;transport=tls',
    signIn: '登录', signingIn: '正在登录…', again: '重新登录', language: '语言',
    noAddress: '请填写地址。', badAddress: '地址形如 mei{\'@\'}example.org 或 +8613800138000。',
    noPassword: '请填写密码。', noRelay: '请填写连接到哪里。', badRelay: '中继形如 sip:relay.example.org:5060;transport=tcp。',
  },
  settings: {
    title: '设置', account: '账号', general: '外观', privacy: '隐私', writing: '输入', notifications: '通知', about: '关于',
    auto: '跟随系统', language: '语言', theme: '主题', light: '浅色', dark: '深色',
    sendDisplayed: '告诉对方消息已读', sendDisplayedHint: '关闭后，对方只看到“已送达”，看不到“已读”。',
    sendTyping: '告诉对方我正在输入',
    enterSends: '按 Enter 发送', enterSendsHint: '关闭后，Enter 换行，{keys} 发送。Shift Enter 始终换行。',
    notify: '收到消息时', full: '显示内容', hidden: '隐藏内容', off: '不通知',
    allow: '允许通知', denied: '此浏览器未允许雁信发送通知，请在网站设置中允许。',
    trial: '试用账号：运行在本程序内的中继上，一切都留在这台电脑上。',
    relay: '中继', signOut: '退出登录', keys: '键盘快捷键', version: '版本 {version}', host: { electron: '桌面应用', browser: '在浏览器中' },
    skip: '关闭设置',
  },
  signOut: {
    title: '退出 {address}？', text: '还在等待发送的消息将不会发出。',
    keep: '在本机保留我的消息', keepHint: '再次用此地址登录时，消息都还在。',
    nothing: '全部删除', nothingHint: '此账号的消息和草稿将从本机删除，无法恢复。',
    confirm: '退出登录', confirmNothing: '删除并退出',
  },
  keys: {
    title: '键盘快捷键', new: '新会话', here: '在此会话中搜索', all: '搜索全部',
    next: '下一个会话', previous: '上一个会话', escape: '关闭打开的内容，回到输入框',
    send: '发送', line: '换行', menu: '当前消息的操作', rove: '在列表中移动', settings: '设置', sheet: '本表',
  },
  faults,
}
