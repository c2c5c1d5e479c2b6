/** Says which of two comes first, as `sort` has it; never 0 for two that differ. */
export type Compare = (a: number, b: number) => number

/**
 * The first `most` of the numbers from 0 to `count`, in order. Where most are not wanted, nearly all
 * of them cost a single comparison: a page of a large list needs no sorting of the whole.
 */
export function firstInOrder(count: number, most: number, compare: Compare): number[] {
  // A heap whose top is the last of the first.
  const heap: number[] = []
  for (let each = 0; each < count; each++) {
    if (heap.length < most) {
      heap.push(each)
      rise(heap, compare)
    } else if (heap[0] !== undefined && compare(each, heap[0]) < 0) {
      heap[0] = each
      sink(heap, compare)
    }
  }
  return heap.sort(compare)
}

function rise(heap: number[], compare: Compare): void {
  let at = heap.length - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!swapIfLater(heap, at, parent, compare)) return
    at = parent
  }
}

function sink(heap: number[], compare: Compare): void {
  let at = 0
  for (;;) {
    const [left, right] = [2 * at + 1, 2 * at + 2]
    if (left >= heap.length) return
    const isRight = right < heap.length && compare(heap[right] ?? 0, heap[left] ?? 0) > 0
    const child = isRight ? right : left
    if (!swapIfLater(heap, child, at, compare)) return
    at = child
  }
}

/** Swaps a child and its parent if the child comes later in order. */
function swapIfLater(heap: number[], child: number, parent: number, compare: Compare): boolean {
  const [lower = 0, upper = 0] = [heap[child], heap[parent]]
  if (compare(lower, upper) <= 0) return false
  heap[child] = upper
  heap[parent] = lower
  return true
}
