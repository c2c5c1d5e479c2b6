// The store's own thread: questions enter, one after another, and answers leave. SQLite blocks here
// and nowhere else.

import { parentPort, workerData } from 'node:worker_threads'
import { newestAlerts, remembered } from './alert-history.ts'
import { type Connection, Database } from './database.ts'
import { exportChunk } from './export.ts'
import type { Question, Questions, Reply, Request, Topic } from './message.ts'
import { networkHistory } from './network-history.ts'
import { nodeHistory } from './node-history.ts'
import { tidy } from './tidy.ts'

const WORK: {
  readonly [T in Exclude<Topic, 'close'>]: (
    open: Connection,
    ask: Questions[T]['ask']
  ) => Questions[T]['answer']
} = {
  remembered: ({ db }) => remembered(db),
  write: ({ writer }, batch) => ({ refused: writer.write(batch) }),
  node: ({ db }, { peer, range }) => nodeHistory(db, peer, range),
  network: ({ db }, { range }) => networkHistory(db, range),
  alerts: ({ db }, { limit, offset }) => newestAlerts(db, limit, offset),
  export: ({ db }, ask) => exportChunk(db, ask),
  tidy: ({ db }, tidying) => ({ more: tidy(db, tidying) })
}

const database = new Database(workerData)

parentPort?.on('message', ({ id, question }: Request) => {
  const reply = answer(id, question)
  const { notice, bytes } = database
  parentPort?.postMessage({ ...reply, bytes, ...(notice !== undefined && { notice }) })
})

function answer(id: number, { topic, ask }: Question): Omit<Reply, 'bytes'> {
  if (topic === 'close') {
    database.close()
    return { id, answer: {} }
  }
  try {
    const work = WORK[topic] as (open: Connection, ask: Question['ask']) => unknown
    return { id, answer: database.use((open) => work(open, ask), Date.now()) }
  } catch (error) {
    return { id, problem: error instanceof Error ? error.message : String(error) }
  }
}
