/** A STUN or TURN server. The browser's `RTCIceServer`, for programs that know no browser's types. */
export interface IceServer {
  readonly urls: string | string[]
  readonly username?: string
  readonly credential?: string
}
