import { createSocket } from 'node:dgram'

/** Whether one socket of this machine hears by multicast what another sends over loopback. */
async function works(): Promise<boolean> {
  const [ear, mouth] = [createSocket({ type: 'udp4', reuseAddr: true }), createSocket('udp4')]
  try {
    return await new Promise<boolean>((resolve) => {
      for (const socket of [ear, mouth]) socket.on('error', () => resolve(false))
      ear.on('message', () => resolve(true))
      ear.bind(0, () => {
        try {
          ear.addMembership('224.0.0.251', '127.0.0.1')
          mouth.bind(0, '127.0.0.1', () => {
            mouth.setMulticastInterface('127.0.0.1')
            mouth.send('heard?', ear.address().port, '224.0.0.251')
          })
        } catch {
          resolve(false)
        }
      })
      setTimeout(() => resolve(false), 1_000)
    })
  } finally {
    ear.close()
    mouth.close()
  }
}

/** Why nothing can be found by multicast DNS here, if so. */
export const noMulticast = (await works()) ? undefined : 'skipped, because this machine has no multicast over loopback'
