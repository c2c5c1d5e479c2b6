// A proxy for the UDP of WebRTC. A page's peer connections are told that the far end's candidates
// are here, so that their packets can be lost and delayed without any privilege.

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, isIPv4 } from 'node:net'
import type { Page } from 'playwright/test'

interface Endpoint {
  readonly host: string
  readonly port: number
}

/** Everything that stands between the peer connections of some pages and their far ends. */
export class UdpProxy implements AsyncDisposable {
  /** Proxies by the candidate that they lead to. */
  readonly #fronts = new Map<string, Promise<Front>>()
  readonly #rules = { latency: 0, lost: false }
  #packets = 0

  /** Packets that came so far, lost ones too. */
  get packets(): number {
    return this.#packets
  }

  /** From now on every packet is `ms` longer under way. */
  latency(ms: number): void {
    this.#rules.latency = ms
  }

  /** Every packet is lost. */
  blackHole(on: boolean): void {
    this.#rules.lost = on
  }

  /** Leads all peer connections that the page makes from now on through this. To be called once a page. */
  async stand(page: Page): Promise<void> {
    await page.exposeBinding('throughUdpProxy', async (_, host: string, port: number) => {
      const front = await this.#front({ host, port })
      return front.port
    })
    await page.addInitScript(leadThroughProxy)
  }

  /** Port, on the same host, that leads to this endpoint. */
  async portTo(endpoint: Endpoint): Promise<number> {
    return (await this.#front(endpoint)).port
  }

  async close(): Promise<void> {
    const fronts = await Promise.all(this.#fronts.values())
    this.#fronts.clear()
    for (const front of fronts) front.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #front(to: Endpoint): Promise<Front> {
    const name = `${to.host} ${to.port}`
    const front = this.#fronts.get(name) ?? Front.open(to, (hand) => this.#carry(hand))
    this.#fronts.set(name, front)
    return front
  }

  #carry(hand: () => void): void {
    this.#packets += 1
    if (this.#rules.lost) return
    if (this.#rules.latency === 0) return hand()
    setTimeout(hand, this.#rules.latency).unref()
  }
}

/** One port in front of one far port: each dialler of it has a socket of its own towards the far end. */
class Front {
  readonly #socket: Socket
  readonly #backs = new Map<string, Socket>()

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  static async open(to: Endpoint, carry: (hand: () => void) => void): Promise<Front> {
    const type = isIPv4(to.host) ? 'udp4' : 'udp6'
    const socket = createSocket(type)
    const front = new Front(socket)
    socket.on('error', () => {})
    socket.on('message', (packet, dialler) => {
      const name = `${dialler.address} ${dialler.port}`
      let back = front.#backs.get(name)
      if (back === undefined) {
        back = createSocket(type)
        back.on('error', () => {})
        back.on('message', (answer) => {
          carry(() => front.#send(socket, answer, { host: dialler.address, port: dialler.port }))
        })
        front.#backs.set(name, back)
      }
      const socketBack = back
      carry(() => front.#send(socketBack, packet, to))
    })
    socket.bind(0, to.host)
    await once(socket, 'listening')
    return front
  }

  get port(): number {
    return (this.#socket.address() as AddressInfo).port
  }

  close(): void {
    this.#isClosed = true
    this.#socket.close()
    for (const back of this.#backs.values()) back.close()
  }

  #isClosed = false

  #send(socket: Socket, packet: Uint8Array, { host, port }: Endpoint): void {
    if (!this.#isClosed) socket.send(packet, port, host, () => {})
  }
}

/** Runs in the page, before anything else: far candidates are replaced as they are told. */
function leadThroughProxy(): void {
  const CANDIDATE = /(candidate:\S+ \d+ udp \d+ )(\S+) (\d+)( typ .*)/i

  async function lead(line: string): Promise<string> {
    const [all, head, host, port, tail] = CANDIDATE.exec(line) ?? []
    if (all === undefined) return line
    const through = await window.throughUdpProxy(host ?? '', Number(port))
    return line.replace(all, `${head}${host} ${through}${tail}`)
  }

  if (!('RTCPeerConnection' in window)) return
  window.RTCPeerConnection = class extends RTCPeerConnection {
    override async addIceCandidate(init?: RTCIceCandidateInit | null): Promise<void> {
      if (!init?.candidate) return await super.addIceCandidate(init ?? undefined)
      const { sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = init
      const candidate = await lead(init.candidate)
      await super.addIceCandidate({ candidate, sdpMid, sdpMLineIndex, usernameFragment })
    }

    override async setRemoteDescription({ type, sdp = '' }: RTCSessionDescriptionInit) {
      const lines = await Promise.all(sdp.split('\r\n').map(lead))
      await super.setRemoteDescription({ type, sdp: lines.join('\r\n') })
    }
  }
}

declare global {
  interface Window {
    throughUdpProxy(host: string, port: number): Promise<number>
  }
}
