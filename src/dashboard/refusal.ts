import { AnswerError } from '../errors.ts'

/** Why an answer is none, in the server's own words where it has some. */
export async function refusalOf(response: Response): Promise<AnswerError> {
  const words: unknown = await response.json().catch(() => undefined)
  const isTold = typeof words === 'object' && words !== null && 'error' in words
  const problem = isTold ? String(words.error) : `it answers with status ${response.status}`
  return new AnswerError(response.status, problem)
}
