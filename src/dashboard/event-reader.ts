/** One server-sent event, as it was written. */
export interface SentEvent {
  readonly type: string
  readonly data: string
  /** Where to go on from after a short absence; absent when the event names none. */
  readonly id?: string
}

/** Takes the text of an event stream in any pieces, and gives the events that are whole. */
export class EventReader {
  #rest = ''
  #type = ''
  #data: string[] = []
  #id: string | undefined

  /** The events that this piece completes; comments and unknown fields are left out. */
  push(text: string): SentEvent[] {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.flatMap((line) => this.#line(line.replace(/\r$/, '')))
  }

  #line(line: string): SentEvent[] {
    if (line === '') return this.#end()
    const [, field, value = ''] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? []
    if (field === 'event') this.#type = value
    if (field === 'data') this.#data.push(value)
    if (field === 'id') this.#id = value
    return []
  }

  #end(): SentEvent[] {
    const [type, data, id] = [this.#type, this.#data, this.#id]
    this.#type = ''
    this.#data = []
    this.#id = undefined
    if (data.length === 0) return []
    return [{ type, data: data.join('\n'), ...(id !== undefined && { id }) }]
  }
}
