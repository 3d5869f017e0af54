import { expect, test } from 'vitest'
import { hueOf, initials } from '../../../src-renderer/ui/initials'

test.each([
  ['王小明', '小明'], ['王伟', '伟'], ['欧阳修远', '修远'], ['美', '美'], ['赵一帆（北京）', '北京'], ['Mei Lin', 'ML'], ['sam', 'S'], ['Zoë Quinn', 'ZQ'], ['Anna Maria Kowalska', 'AK'],
  ['木村さくら', 'くら'], ['mei@yan.example', 'M'], ['+86 138 0013 8000', ''], ['', ''], ['  ', ''], ['🐼 Panda', '🐼P'],
])('%s → %s', (name, expected) => expect(initials(name)).toBe(expected))

test('neighbouring numbers get different hues, and each always its own', () => {
  const hues = Array.from({ length: 64 }, (_, n) => hueOf(`tel:+86138001380${n.toString().padStart(2, '0')}`))
  expect(new Set(hues).size).toBe(8)
  expect(hueOf('sip:mei@yan.example')).toBe(hueOf('sip:mei@yan.example'))
})
