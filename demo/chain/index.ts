// A small development chain that speaks Lotus JSON-RPC. What enters is time, and the orders to stall
// and to revert; what leaves are heads. It checks nothing and mines nothing.

export {
  type DevChainServer,
  type DevChainServerInit,
  type NodeUrls,
  startDevChain
} from './rpc-server.ts'
