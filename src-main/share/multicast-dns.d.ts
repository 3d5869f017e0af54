/** What is used of multicast-dns; its records are dns-packet's. */
declare module 'multicast-dns' {
  export interface Question {
    name: string
    type: string
  }
  export type Answer =
    | { name: string; type: 'PTR'; ttl: number; data: string }
    | { name: string; type: 'SRV'; ttl: number; data: { port: number; target: string } }
    | { name: string; type: 'TXT'; ttl: number; data: readonly (string | Uint8Array)[] | Uint8Array | string }
    | { name: string; type: 'A'; ttl: number; data: string }
  export interface Packet {
    questions: Question[]
    answers: Answer[]
    additionals: Answer[]
  }
  export interface Multicast {
    on(event: 'query' | 'response', heard: (packet: Packet) => void): void
    on(event: 'error' | 'warning', heard: (error: Error) => void): void
    query(name: string, type: string): void
    respond(answers: readonly Answer[], done?: (error?: Error | null) => void): void
    destroy(done?: () => void): void
  }
  export default function multicast(options: { interface: string; bind: string; port?: number; reuseAddr?: boolean }): Multicast
}
