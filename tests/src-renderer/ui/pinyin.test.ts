import { describe, expect, test } from 'vitest'
import { rankOf, readingOf, spell } from '../../../src-renderer/ui/pinyin'

describe('readings of Chinese characters', () => {
  test.each([
    ['林美', 'lin mei'], ['王伟', 'wang wei'], ['陈小明', 'chen xiao ming'], ['方云', 'fang yun'], ['欧阳修远', 'ou yang xiu yuan'], ['赵一帆', 'zhao yi fan'],
    ['张丽', 'zhang li'], ['刘洋', 'liu yang'], ['孙浩然', 'sun hao ran'], ['吕布', 'lv bu'], ['女', 'nv'], ['略', 'lve'], ['啊', 'a'], ['座', 'zuo'], ['一', 'yi'], ['周杰', 'zhou jie'],
  ])('%s is read %s', (name, reading) => expect([...name].map(readingOf).join(' ')).toBe(reading))

  test('family names are read as such at the beginning only', () => {
    expect(spell('单田芳').parts).toEqual(['shan', 'tian', 'fang'])
    expect(spell('曾国藩').parts[0]).toBe('zeng')
    expect(spell('孟解').parts).toEqual(['meng', 'jie'])
  })
  test('others are no syllables', () => expect(['a', 'さ', '1', '🎉', ' '].map(readingOf)).toEqual(['', '', '', '', '']))
})

describe('finding somebody by what is typed', () => {
  test.each([
    ['林美', '林', 0], ['林美', 'lm', 1], ['林美', 'linm', 1], ['林美', 'linmei', 1], ['林美', 'lin mei', 1], ['林美', 'lmei', 1], ['林美', 'mei', 2], ['林美', '美', 3],
    ['林美', 'lx', undefined], ['林美', 'linmeix', undefined], ['西安', 'xian', 1], ['吕布', 'lvbu', 1], ['吕布', 'lubu', 1],
    ['Wang Wei', 'wan', 0], ['Wang Wei', 'ww', 1], ['Wang Wei', 'wei', 2], ['Wang Wei', 'ei', 3], ['Zoë Quinn', 'zoe', 0], ['Zoë Quinn', 'ZQ', 1],
    ['David 王伟', 'dww', 1], ['王伟（上海）', 'wwsh', 1], ['anna', '', 0],
  ])('%s by %s: %s', (name, typed, rank) => expect(rankOf(name, typed)).toBe(rank))
})
