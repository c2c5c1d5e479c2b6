// The wallet asks its own provider where the chain is, once an epoch, and hands the answer to the
// element: for what that shows, and for each report once its user has agreed.

const EPOCH_PERIOD = 30_000

const heartbeat = document.querySelector('fil-heartbeat')

async function followProvider() {
  const response = await fetch('RPC', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'Filecoin.ChainHead', params: [] })
  })
  const { result } = await response.json()
  heartbeat.head = { cids: result.Cids.map((cid) => cid['/']), height: result.Height }
}

// While the provider fails the head grows old, and the element says so.
const follow = () => followProvider().catch(() => {})
setInterval(follow, EPOCH_PERIOD)
follow()
