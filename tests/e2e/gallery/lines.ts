/** What people write. */
export const lines = {
  zh: [
    '好的', '收到', '在吗？', '今天下午三点开会，别忘了。', '哈哈哈哈', '我看了一下，没问题。', '你那边天气怎么样？这里已经连续下了三天雨，衣服都晒不干。',
    '刚下地铁，十分钟到。', '报价单发到你邮箱了，麻烦确认一下第 2 页的数量和单价，特别是运费那一栏。', '👍', '晚上一起吃饭？老地方，七点。',
    '这个 bug 我复现了：iPhone 15 上 Safari 17.4，点两次“提交”就会出现。', '明天 9:30 的高铁 G1024，已经订好票了。', '谢谢，辛苦了！', '稍等，我问一下财务再回复你。',
    '看这篇：https://example.com/articles/2026/05/rcs，写得不错', '生日快乐！🎂🎉', '不急，你慢慢来。', '地址：海淀区中关村大街 1 号 5 层，到了打我电话 010-62345678。',
    '第一点，先把需求列清楚；\n第二点，估时间；\n第三点，找人评审。\n这样就不会乱。',
  ],
  en: [
    'OK', 'Got it', 'Are you there?', 'Meeting at three this afternoon, don’t forget.', 'Haha', 'I had a look, all fine.', 'How is the weather at your place? It has rained here for three days and nothing dries.',
    'Just left the metro, ten minutes.', 'I mailed you the quote; please check the quantities and prices on page 2, above all the freight.', '👍', 'Dinner tonight? The usual place, seven.',
    'I can reproduce the bug: iPhone 15 with Safari 17.4, pressing “Submit” twice.', 'The train tomorrow is G1024 at 9:30, tickets are booked.', 'Thanks, well done!', 'One moment, I will ask the accountants.',
    'Read this: https://example.com/articles/2026/05/rcs, quite good', 'Happy birthday! 🎂🎉', 'No hurry, take your time.', 'The address: Zhongguancun Street 1, 5th floor, call me at 010-62345678.',
    'First, write down what is needed;\nsecond, how long it takes;\nthird, ask somebody to look at it.\nThen nothing gets lost.',
  ],
}

/** With whom: 24 more. */
export const people: Record<'zh' | 'en', [id: string, name: string][]> = {
  zh: [
    ['sip:liu@yan.example', '刘洋'], ['sip:zhangli@yan.example', '张丽'], ['tel:+8613912345678', ''], ['sip:ouyang@yan.example', '欧阳修远'], ['sip:family@yan.example', '妈妈'],
    ['sip:sun@yan.example', '孙浩然'], ['sip:12306@bots.example', '铁路 12306'], ['sip:kimura@jp.example', '木村さくら'], ['sip:david@uk.example', 'David Whitfield'], ['sip:huang@yan.example', '黄蓉'],
    ['tel:+14155550123', ''], ['sip:zhou@yan.example', '周杰'], ['sip:wu@yan.example', '吴桐'], ['sip:xu@yan.example', '徐志摩'], ['sip:he@yan.example', '何晓雯'], ['sip:guo@yan.example', '郭靖'],
    ['sip:ma@yan.example', '马晓东'], ['sip:luo@yan.example', '罗辑'], ['sip:liang@yan.example', '梁思成'], ['sip:song@yan.example', '宋佳'], ['sip:zheng@yan.example', '郑和'], ['sip:feng@yan.example', '冯唐'],
    ['sip:cao@yan.example', '曹雪'], ['sip:deng@yan.example', '邓丽'],
  ],
  en: [
    ['sip:liu@yan.example', 'Liu Yang'], ['sip:anna@yan.example', 'Anna Kowalska'], ['tel:+8613912345678', ''], ['sip:ouyang@yan.example', 'Ouyang Xiuyuan'], ['sip:family@yan.example', 'Mum'],
    ['sip:sun@yan.example', 'Sun Haoran'], ['sip:12306@bots.example', 'Railway 12306'], ['sip:kimura@jp.example', '木村さくら'], ['sip:david@uk.example', 'David Whitfield'], ['sip:zhangli@yan.example', '张丽'],
    ['tel:+14155550123', ''], ['sip:zoe@yan.example', 'Zoë Quinn'], ['sip:wu@yan.example', 'Tong Wu'], ['sip:sam@yan.example', 'Sam'], ['sip:he@yan.example', 'Xiaowen He'], ['sip:ola@yan.example', 'Ola Nordmann'],
    ['sip:ma@yan.example', 'Ma Xiaodong'], ['sip:luo@yan.example', 'Luo Ji'], ['sip:liang@yan.example', 'Liang Sicheng'], ['sip:ines@yan.example', 'Inês Duarte'], ['sip:zheng@yan.example', 'Zheng He'], ['sip:feng@yan.example', 'Feng Tang'],
    ['sip:cao@yan.example', 'Cao Xue'], ['sip:deng@yan.example', 'Deng Li'],
  ],
}

const zhPart = '5G 消息在 2020 年 4 月由三家运营商一同发布：短信从此可以带上图片、语音、视频和位置，也可以在对话里直接办理业务。对方没有 5G 消息时，内容会退回为短信，并附上媒体的链接。'
const enPart = 'In April 2020 the three carriers announced 5G Messaging: the text message grew up and now carries pictures, voice, video and places, and business can be done within the conversation. Where the other side has none, it becomes a text message with a link to its media. '

export const longText = {
  zh: Array.from({ length: 14 }, (_, n) => `${n + 1}、${zhPart}`).join('\n\n'),
  en: Array.from({ length: 12 }, (_, n) => `${n + 1}. ${enPart}`).join('\n\n'),
}
