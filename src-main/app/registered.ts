import { Fault } from '../base/faults'
import type { Client } from '../client'
import type { LinkView } from '../contract/calls'

/** Waits for the first try to end. @throws Fault why it failed */
export function registered(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (link: LinkView) => {
      if (link.at === 'connecting') return
      forget()
      if (link.at === 'online') resolve()
      else reject('fault' in link ? Fault.of(link.fault) : new Fault('closed'))
    }
    const forget = client.events.on('link', look)
    look(client.link)
  })
}
