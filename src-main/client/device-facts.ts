import { release, type } from 'node:os'
import type { DeviceFacts } from '../contract/suggestion'
import { deviceFacts } from '../rcs/bot-response'

/** What a chatbot that asks is told of this machine: nothing that names it. @param userAgent `Yanxin/0.1.0` */
export const ownFacts = (userAgent: string): DeviceFacts => deviceFacts({
  deviceModel: 'Desktop', platformVersion: `${type()}-${release()}`, clientVendor: 'YNXN', clientVersion: userAgent.replace('/', '-'),
})
