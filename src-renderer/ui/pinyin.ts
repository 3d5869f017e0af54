// Readings come from the order of the dictionary, which every browser knows (CLDR's collation `pinyin`): a character is read as
// the syllable whose first character is the nearest before it.
const firsts = (
  'a吖 ai哎 an安 ang肮 ao凹 ba丷 bai挀 ban扳 bang邦 bao勹 bei卑 ben奔 beng伻 bi屄 bian边 biao灬 bie憋 bin汃 bing冫 ' +
  'bo癶 bu峬 ca嚓 cai偲 can参 cang仓 cao撡 ce冊 cen嵾 ceng曽 cha叉 chai拆 chan辿 chang伥 chao抄 che车 chen抻 ' +
  'cheng阷 chi吃 chong充 chou抽 chu出 chua歘 chuai揣 chuan巛 chuang刅 chui吹 chun旾 chuo逴 ci呲 cong匆 cou凑 ' +
  'cu粗 cuan汆 cui崔 cun邨 cuo搓 da咑 dai呆 dan丹 dang当 dao刀 de嘚 den扥 deng灯 di氐 dia嗲 dian敁 diao刁 die爹 ' +
  'ding丁 diu丟 dong东 dou吺 du厾 duan耑 dui垖 dun吨 duo多 e妸 ei诶 en奀 eng鞥 er儿 fa发 fan帆 fang匚 fei飞 fen分 ' +
  'feng丰 fo仏 fou紑 fu夫 ga旮 gai侅 gan甘 gang冈 gao皋 ge戈 gei给 gen根 geng刯 gong工 gou勾 gu估 gua瓜 guai乖 ' +
  'guan关 guang光 gui归 gun丨 guo呙 ha哈 hai咍 han佄 hang夯 hao茠 he诃 hei黒 hen拫 heng亨 hong叿 hou齁 hu乎 hua花 ' +
  'huai怀 huan欢 huang巟 hui灰 hun昏 huo吙 ji丌 jia加 jian戋 jiang江 jiao艽 jie阶 jin巾 jing坕 jiong冂 jiu丩 ' +
  'ju凥 juan姢 jue噘 jun军 ka咔 kai开 kan刊 kang忼 kao尻 ke匼 ken肎 keng劥 kong空 kou抠 ku扝 kua夸 kuai蒯 kuan宽 ' +
  'kuang匡 kui亏 kun坤 kuo扩 la垃 lai来 lan兰 lang啷 lao捞 le仂 lei雷 leng崚 li哩 lia俩 lian奁 liang良 liao撩 ' +
  'lie毟 lin拎 ling伶 liu溜 long龙 lou瞜 lu噜 lv驴 luan娈 lve掠 lun抡 luo啰 ma妈 mai埋 man嫚 mang牤 mao猫 me嚒 ' +
  'mei坆 men椚 meng擝 mi咪 mian宀 miao喵 mie乜 min民 ming名 miu谬 mo摸 mou哞 mu毪 na拏 nai腉 nan囡 nang囔 nao孬 ' +
  'ne疒 nei娞 nen恁 neng能 ni妮 nian拈 niang娘 niao鸟 nie捏 nin囜 ning宁 niu妞 nong农 nou羺 nu奴 nv女 nuan奻 ' +
  'nve疟 nuo挪 o喔 ou讴 pa妑 pai拍 pan眅 pang乓 pao抛 pei呸 pen喷 peng匉 pi丕 pian囨 piao剽 pie氕 pin姘 ping乒 ' +
  'po钋 pou剖 pu仆 qi七 qia掐 qian千 qiang呛 qiao悄 qie苆 qin亲 qing靑 qiong卭 qiu丘 qu区 quan奍 que炔 qun夋 ' +
  'ran呥 rang穣 rao娆 re惹 ren人 reng扔 ri日 rong戎 rou厹 ru邚 ruan堧 rui桵 run瞤 ruo捼 sa仨 sai毢 san三 sang桒 ' +
  'sao掻 se閪 sen森 seng僧 sha杀 shai筛 shan山 shang伤 shao弰 she奢 shen申 sheng升 shi尸 shou収 shu书 shua刷 ' +
  'shuai衰 shuan闩 shuang双 shui脽 shun吮 shuo说 si厶 song忪 sou凁 su苏 suan狻 sui夊 sun孙 suo唆 ta他 tai囼 ' +
  'tan坍 tang汤 tao夲 te忑 teng熥 ti剔 tian天 tiao旫 tie帖 ting厅 tong囲 tou偷 tu凸 tuan湍 tui推 tun吞 tuo乇 wa屲 ' +
  'wai歪 wan弯 wang尢 wei危 wen昷 weng翁 wo挝 wu乌 xi夕 xia呷 xian仙 xiang乡 xiao灱 xie些 xin心 xing星 xiong凶 ' +
  'xiu休 xu吁 xuan吅 xue削 xun坃 ya丫 yan恹 yang央 yao幺 ye倻 yi一 yin囙 ying应 yo哟 yong佣 you优 yu込 yuan囦 ' +
  'yue曰 yun晕 za帀 zai災 zan兂 zang匨 zao傮 ze则 zei贼 zen怎 zeng囎 zha扎 zhai夈 zhan枬 zhang张 zhao佋 zhe蜇 ' +
  'zhen贞 zheng凧 zhi之 zhong中 zhou州 zhu朱 zhua抓 zhuai跩 zhuan专 zhuang妆 zhui隹 zhun宒 zhuo拙 zi孜 zong宗 ' +
  'zou邹 zu租 zuan钻 zui厜 zun尊 zuo嘬'
).split(' ')

/** Characters that are read otherwise as a family name, at its beginning. */
const surnames: Record<string, string> = {
  乐: 'yue', 卜: 'bu', 缪: 'miao', 解: 'xie', 单: 'shan', 仇: 'qiu', 翟: 'zhai', 曾: 'zeng', 查: 'zha', 盖: 'ge', 覃: 'qin', 朴: 'piao',
  区: 'ou', 任: 'ren', 尉: 'wei', 万: 'wan', 长: 'zhang', 重: 'chong',
}

const order = new Intl.Collator('zh-u-co-pinyin')
const han = /\p{Script=Han}/u
const known = new Map<string, string>()

/** How a Chinese character is most often read, without tones, ü as v; '' for any other. */
export function readingOf(character: string): string {
  let reading = known.get(character)
  if (reading === undefined) known.set(character, (reading = han.test(character) ? lookUp(character) : ''))
  return reading
}

function lookUp(character: string): string {
  let [low, high] = [0, firsts.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (order.compare(firsts[middle]!.slice(-1), character) <= 0) low = middle
    else high = middle - 1
  }
  return firsts[low]!.slice(0, -1)
}

const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
const spelled = (text: string): string => text.replace(/v/g, 'u')

/** A name as it can be found: what is written, and its parts as they are typed (a syllable for each character, a word). */
export interface Spelling {
  written: string
  parts: readonly string[]
  /** The parts as one word, for the order. */
  letters: string
}

const spellings = new Map<string, Spelling>()

export function spell(name: string): Spelling {
  let made = spellings.get(name)
  if (made) return made
  const parts: string[] = []
  for (const word of name.trim().split(/[\s·._,\-（）()]+/u)) {
    let latin = ''
    for (const character of word) {
      const reading = readingOf(character)
      if (reading === '') latin += character
      else {
        if (latin) parts.push(spelled(plain(latin)))
        latin = ''
        parts.push(spelled(parts.length === 0 && [...word].length > 1 ? (surnames[character] ?? reading) : reading))
      }
    }
    if (latin) parts.push(spelled(plain(latin)))
  }
  made = { written: plain(name).replace(/\s+/gu, ' ').trim(), parts, letters: parts.join(' ') }
  // Above what a picker holds: else each key would have all of them spelled again.
  if (spellings.size > 20_000) spellings.clear()
  spellings.set(name, made)
  return made
}

/**
 * How well what was typed finds a name: 0 as it is written, from its beginning; 1 by the letters of its first parts (`lm`, `linm`,
 * `linmei`); 2 by those of later ones; 3 anywhere in it; undefined not at all.
 */
export function rankOf(name: string, typed: string): number | undefined {
  const { written, parts } = spell(name)
  const wanted = plain(typed).replace(/\s+/gu, ' ').trim()
  if (written.startsWith(wanted)) return 0
  const letters = spelled(wanted.replace(/[\s']/g, ''))
  for (let from = 0; from < parts.length; from++) if (takes(parts, from, letters, 0)) return from === 0 ? 1 : 2
  return written.includes(wanted) ? 3 : undefined
}

/** Whether the letters from `at` on are beginnings of the parts from `from` on, one after the other. */
function takes(parts: readonly string[], from: number, letters: string, at: number): boolean {
  if (at >= letters.length) return true
  const part = parts[from]
  if (part === undefined) return false
  let length = 0
  while (length < part.length && part[length] === letters[at + length]) length++
  for (; length > 0; length--) if (takes(parts, from + 1, letters, at + length)) return true
  return false
}

/** Puts names into the order of their letters, Chinese ones as they are read. */
export function byName(a: string, b: string): number {
  const [left, right] = [spell(a).letters, spell(b).letters]
  return left < right ? -1 : left > right ? 1 : order.compare(a, b)
}
