import { describe, expect, it } from 'vitest'
import { intentOf, understand, type Asked } from '../../../../src-main/chatbots/railway/talk/understand'

/** Thursday, 26 November 2026, noon in Beijing. */
const now = Date.parse('2026-11-26T12:00:00+08:00')
const [today, tomorrow, friday] = ['2026-11-26', '2026-11-27', '2026-11-27']

describe('a question', () => {
  it.each<[string, Asked]>([
    ['明天北京到上海', { from: '北京', to: '上海', day: tomorrow }],
    ['我想订一张明天下午从北京去上海的高铁票', { from: '北京', to: '上海', day: tomorrow, after: 720, isFast: true }],
    ['后天上午杭州东到温州南 二等座', { from: '杭州东', to: '温州南', day: '2026-11-28', after: 480, class: 'second' }],
    ['12月1日 广州-深圳北', { from: '广州', to: '深圳北', day: '2026-12-01' }],
    ['1月3号武汉到重庆', { from: '武汉', to: '重庆', day: '2027-01-03' }],
    ['周五 8点以后 南京到合肥', { from: '南京', to: '合肥', day: friday, after: 480 }],
    ['下周一晚上七点半西安到兰州', { from: '西安', to: '兰州', day: '2026-11-30', after: 1_170 }],
    ['28号成都→重庆', { from: '成都', to: '重庆', day: '2026-11-28' }],
    ['北京 上海', { from: '北京', to: '上海' }],
    ['去大理', { to: '大理' }],
    ['从昆明出发', { from: '昆明' }],
    ['G1', { train: 'G1' }],
    ['明天的 g1 次 一等', { train: 'G1', day: tomorrow, class: 'first' }],
    ['tomorrow afternoon Beijing to Shanghai', { from: 'Beijing', to: 'Shanghai', day: tomorrow, after: 720 }],
    ['I would like a ticket from Xi an to Cheng du on 1 December after 9', { from: 'Xi an', to: 'Cheng du', day: '2026-12-01', after: 540 }],
    ['to Hangzhou from Nanjing next Monday, first class', { from: 'Nanjing', to: 'Hangzhou', day: '2026-11-30', class: 'first' }],
    ['SHH to BEN 2026-12-03 6:30 pm', { from: 'SHH', to: 'BEN', day: '2026-12-03', after: 1_110 }],
    ['Dec 24 guangzhou to xianggang', { from: 'guangzhou', to: 'xianggang', day: '2026-12-24' }],
    ['明天火星到上海', { to: '上海', day: tomorrow, unknown: '火星' }],
    ['2月30日北京到上海', { from: '北京', to: '上海' }],
    ['今天 25:70 北京到上海', { from: '北京', to: '上海', day: today }],
    ['今晚武汉到南昌', { from: '武汉', to: '南昌', day: today, after: 1_080 }],
    ['明晚 8点 长沙去广州南', { from: '长沙', to: '广州南', day: tomorrow, after: 1_200 }],
    ['嗯', {}],
  ])('%s', (text, asked) => {
    expect(understand(text, now)).toEqual(asked)
  })
})

it.each<[string, ReturnType<typeof intentOf>]>([
  ['帮助', 'help'], ['Hello!', 'help'], ['我的订单', 'bookings'], ['我要退票', 'bookings'], ['my tickets', 'bookings'], ['返程', 'back'], ['later', 'later'], ['转人工', 'human'], ['北京到上海', undefined],
])('%s is about %s', (text, intent) => {
  expect(intentOf(text)).toBe(intent)
})
