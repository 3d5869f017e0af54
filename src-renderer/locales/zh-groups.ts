/** 群聊。 */
export const group = {
  You: '您', you: '您', others: '其他 {count} 人',
  members: '{count} 位成员', mentionsYou: '有人提到您', everybody: '所有人', everybodyName: '所有人',
  emptyTitle: '{name}从这里开始',
  state: { invited: '您收到了邀请', left: '您已退出', removed: '您已被移出', gone: '已解散' },
  role: { admin: '管理员', invited: '已邀请' },
  change: {
    created: '{by}创建了群', createdWith: '{by}创建了群，邀请了{of}', invited: '{by}邀请了{of}', joined: '{by}加入了群', declined: '{by}谢绝了邀请', left: '{by}退出了群',
    removed: '{by}移出了{of}', promoted: '{by}将{of}设为管理员', demoted: '{by}取消了{of}的管理员身份', subject: '{by}将群名改为“{text}”',
    description: '{by}修改了群简介', descriptionGone: '{by}删除了群简介', icon: '{by}更换了群头像', iconGone: '{by}移除了群头像',
    policies: '{by}修改了群规则：{text}', code: '{by}生成了新的邀请链接', codeGone: '{by}撤销了邀请链接', dissolved: '{by}解散了群',
  },
  policy: {
    post: { all: '所有人都可以发言', admins: '仅管理员可以发言' }, add: { all: '所有人都可以添加成员', admins: '仅管理员可以添加成员' },
    history: { shared: '新成员可以看到之前的消息', hidden: '新成员看不到之前的消息' }, and: '，',
  },
  new: {
    title: '新建群聊', offer: '同时和几个人聊', name: '群名称', nameHint: '不填写时，以成员的名字命名。',
    create: '创建群聊', creating: '正在创建…', open: '打开群聊', empty: '请至少选择一个人。', noGroups: '此账号无法创建群聊：运营商不提供。',
    leftTitle: '群已建好。以下联系人未能加入：', leftAddTitle: '以下联系人未能加入：',
  },
  people: {
    who: '群成员', find: '姓名、号码或地址', chosen: '已选择', remove: '移除{name}', none: '没有找到。请输入号码或地址。',
    typed: '添加此地址', asking: '正在询问…', already: '已在群里', invited: '已邀请', full: '群最多 {limit} 人。', count: '已选 {count} 人',
    list: '联系人', emptyTitle: '这里还没有人', emptyText: '请在上方输入号码或地址。',
  },
  cannot: {
    'not-acceptable': '无法加入群聊：对方的程序不支持', 'unknown-recipient': '没有人使用这个地址', 'no-answer': '没有应答，暂时无法添加',
    'bad-argument': '这不是一个地址', 'bad-type': '无法加入群聊：对方的程序不支持', refused: '对方不愿被添加',
  },
  add: { title: '添加成员', add: '邀请', button: '添加成员' },
  invitation: {
    short: '邀请您加入群聊', title: '{by}邀请您加入{name}', titleBare: '您受邀加入{name}',
    text: '加入后，群成员会看到。加入之前不会收到群里的任何内容。', accept: '接受', decline: '谢绝', withWhom: '群成员：{names}',
  },
  closed: {
    post: '这里仅管理员可以发言。', left: '您已退出此群。说过的话仍保留在这里。', removed: '您已被移出此群。说过的话仍保留在这里。',
    gone: '此群已解散。说过的话仍保留在这里。', askAdmin: '发消息给{name}',
  },
  join: {
    title: '加入这个群？', text: '{name}。您会立即成为成员，群里的人都会看到。', join: '加入', hint: '这是一个群邀请', from: '{domain} 的群',
  },
  receipts: {
    who: '谁已读', read: '{count} 人已读', delivered: '{count} 人已送达未读', waiting: '{count} 人尚未送达',
    nobody: '还没有人', list: '送达和已读情况', none: '当时群里没有其他人。',
  },
  details: {
    title: '群聊', mute: '免打扰', muted: '已免打扰', add: '添加', search: '搜索', more: '更多', edit: '名称、头像和简介', describe: '添加群简介',
    link: '邀请链接', linkOn: '已开启', linkOff: '未开启', rules: '群规则', leave: '退出群聊', dissolve: '解散群聊', address: '复制地址',
    loading: '正在获取成员', whose: '群聊，{members}',
  },
  list: {
    label: '成员', find: '搜索成员', none: '没有找到。', actions: '对{name}的操作', write: '发消息', promote: '设为管理员',
    demote: '取消管理员身份', remove: '移出群聊', withdraw: '撤回邀请', own: '我', online: '在线', away: '离开', mention: '提到 TA',
  },
  edit: {
    title: '编辑群资料', name: '群名称', description: '群简介', descriptionHint: '这个群是做什么的。可以不填。', picture: '选择图片', other: '更换图片', noPicture: '移除',
    save: '保存', noName: '请填写群名称。', unreadable: '这个文件不是可以显示的图片。', pictureOf: '群头像',
  },
  rules: {
    title: '群规则', post: '谁可以发言', add: '谁可以添加成员', all: '所有人', admins: '管理员', history: '新成员可以看到之前的消息',
    historyHint: '最多 30 天。', onlyAdmins: '只有管理员可以更改。',
  },
  link: {
    title: '邀请链接', text: '有此链接的人都可以加入，直到您更新或撤销它。', none: '还没有链接。有了链接，不必逐个添加，别人也能加入。',
    make: '生成链接', copy: '复制链接', copied: '链接已复制。', renew: '更新', renewText: '旧链接将失效。', withdraw: '撤销', label: '链接',
    renewTitle: '更新链接？', withdrawTitle: '撤销链接？', withdrawText: '之后无法再用它加入。已在群里的人不受影响。', onlyAdmins: '管理员可以在这里生成链接。',
  },
  ask: {
    leaveTitle: '退出{name}？', leaveText: '之后不会再收到群里的消息。说过的话仍保留在这里。', leave: '退出',
    lastTitle: '由谁接管{name}？', lastText: '您是唯一的管理员。请先选择由谁接管，再退出。', lastLeave: '移交并退出',
    dissolveTitle: '解散{name}？', dissolveText: '对全部 {count} 位成员都会结束，且无法撤回。说过的话仍保留在各自那里。',
    dissolve: '解散', removeTitle: '移出{who}？', removeText: '{who}将不再收到{name}的消息，之后可以再次添加。', remove: '移出',
    demoteTitle: '放弃管理员身份？', demoteText: '之后需要其他管理员再次将您设为管理员。', demote: '放弃',
  },
  mention: { list: '可以提到的人', all: '群里的所有人', none: '没有找到' },
}

/** 免打扰的会话。 */
export const mute = {
  mute: '免打扰', muted: '已免打扰', undo: '恢复通知', undoUntil: '免打扰至{until}，点此恢复通知',
  for: { hour: '1 小时', eight: '8 小时', week: '1 周', good: '一直' },
}
