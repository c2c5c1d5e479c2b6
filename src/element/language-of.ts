import { onLanguageAdded } from './languages.ts'

/** Where a page says nothing of its language. */
const DEFAULT_LANGUAGE = 'en'

/**
 * Tells the language that an element stands in, and again whenever that changes, until the signal
 * aborts. What is told can be asked whether it is still wanted, since fetching words takes a while.
 * Resolves when what the first call began has ended.
 */
export async function followLanguage(
  element: Element,
  signal: AbortSignal,
  onLanguage: (tag: string, isWanted: () => boolean) => Promise<void>
): Promise<void> {
  let told = 0
  let last = languageOf(element)
  const tell = (): Promise<void> => {
    told += 1
    const number = told
    return onLanguage(last, () => number === told && !signal.aborted)
  }
  const look = (): void => {
    const tag = languageOf(element)
    if (tag === last) return
    last = tag
    void tell()
  }
  const observer = new MutationObserver(look)
  for (const root of rootsOf(element)) {
    observer.observe(root, { attributes: true, attributeFilter: ['lang'], subtree: true })
  }
  const forget = onLanguageAdded(() => void tell())
  signal.addEventListener('abort', () => {
    observer.disconnect()
    forget()
  })
  await tell()
}

/** What the nearest ancestor says, also outside of the shadow trees that the element lies in. */
function languageOf(element: Element): string {
  const found = element.closest<HTMLElement>('[lang]')?.lang
  if (found) return found
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? languageOf(root.host) : DEFAULT_LANGUAGE
}

function rootsOf(element: Element): Node[] {
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? [root, ...rootsOf(root.host)] : [root]
}
