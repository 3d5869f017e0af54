import { fold } from '../../base/fold'

/**
 * Characters that are frequent in Chinese writing and in chats, in about that order. Two of them in a row are a token of the
 * index; any other is rare enough to be looked up alone. A list that misses a character costs time, never a hit.
 */
const frequent = '的一是不了我人在有他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家' +
  '种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明' +
  '性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任' +
  '常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计' +
  '管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边' +
  '死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运' +
  '吗啊哦嗯哈吧呢谢嘛呀喂呵嘿吃饭睡喝买卖钱爱妈爸姐哥弟妹朋友晚早午昨周星期快慢等会议班车站票机店号单送货收付款微群图片视频语音链接忙累病'

const common = new Set(fold(frequent))
const han = /^\p{Script=Han}/u

const known = new Uint8Array(0x10000)
const [YES, NO] = [1, 2]

/** Whether the single that begins at `at` is indexed in pairs: all are but Han characters that are not frequent. */
export function isCommon(folded: string, at: number): boolean {
  const unit = folded.charCodeAt(at)
  if (known[unit]) return known[unit] === YES
  const single = String.fromCodePoint(folded.codePointAt(at)!)
  const is = common.has(single) || !han.test(single)
  if (single.length === 1) known[unit] = is ? YES : NO
  return is
}
