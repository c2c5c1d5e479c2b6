// Every number of the project lives here once: its unit is in its name, its reason beside it.

// ── Timing ──────────────────────────────────────────────────────────────────

/** Filecoin's epoch, in ms. */
export const EPOCH_PERIOD = 30_000

/** When Filecoin's mainnet began, in Unix seconds. */
export const MAINNET_GENESIS_TIMESTAMP = 1_598_306_400

/** When the calibration network began, in Unix seconds. */
export const CALIBRATION_GENESIS_TIMESTAMP = 1_667_326_380

/** First back-off window after a lost connection, in ms. go-filecoin's `reconnectPeriod`. */
export const DEFAULT_RECONNECT_PERIOD = 10_000

/** Cap of the back-off window, in ms. A minute is as long as a user waits before reloading the page. */
export const MAX_RECONNECT_DELAY = 60_000

/** How often a failure that goes on is said again at error level, in ms. go-filecoin's 10 minutes. */
export const FAILURE_REPEAT_PERIOD = 600_000

// ── Head ────────────────────────────────────────────────────────────────────

/** EIP-155 chain id of Filecoin's mainnet. */
export const MAINNET_CHAIN_ID = 314

/** EIP-155 chain id of the calibration network. */
export const CALIBRATION_CHAIN_ID = 314_159

/** Longest wait for one JSON-RPC answer, in ms: a third of an epoch, so that a retry still fits in it. */
export const RPC_TIMEOUT = 10_000

/** Largest JSON-RPC answer read, in bytes. A tipset of fifteen blocks is about 30 kB. */
export const MAX_RPC_ANSWER_BYTES = 1_048_576

/** How much of a foreign error message is told on, in characters: enough to search for it. */
export const MAX_FOREIGN_MESSAGE_CHARACTERS = 200

/** Longest wait for the genesis CID, in ms. It is worth less than the head that waits for it. */
export const GENESIS_TIMEOUT = 1_000

/**
 * Largest spread added to an epoch boundary before a node is polled, as a share of the epoch.
 * Blocks need a few seconds to travel, and wallets must not all ask in the same instant.
 */
export const POLL_JITTER = 0.2

/** How old may be what a polled source learnt last, in epochs, before a read asks again: one poll may fail. */
export const MAX_POLL_AGE_EPOCHS = 2

/**
 * Longest silence of a head subscription, in epochs, before its socket counts as dead. Three null
 * rounds in a row are rare already.
 */
export const MAX_SILENT_EPOCHS = 5

/** Notifications of a head subscription that may wait to be read. Two an epoch are usual. */
export const MAX_QUEUED_NOTIFICATIONS = 64

/** Tipsets that a head subscription remembers to undo reverts: an hour's. Deeper ones are asked for. */
export const MAX_REMEMBERED_TIPSETS = 120

/** Blocks in the largest head that is sent or shown. Filecoin expects 5 a tipset; 15 is far in the tail. */
export const MAX_HEAD_CIDS = 32

/** Longest CID text in a head, in characters. A block's is 62; one with a 512-bit hash about 115. */
export const MAX_CID_CHARACTERS = 128

// ── Wire ────────────────────────────────────────────────────────────────────

/** The heartbeat protocol of go-filecoin, 2019. It has no leading slash. */
export const HEARTBEAT_PROTOCOL_V1 = 'fil/heartbeat/1.0.0'

/** The acknowledged heartbeat protocol; `src/wire/README.md` is its specification. */
export const HEARTBEAT_PROTOCOL_V2 = '/fil/heartbeat/2.0.0'

/** Largest message of the acknowledged protocol, in bytes, its length not counted: as a line of the first. */
export const MAX_MESSAGE_BYTES = 4_096

/** Longest time that a beat may announce until the next, in ms. A peer silent for longer has left. */
export const MAX_NEXT_PERIOD = 600_000

/**
 * Longest message that is skipped, in bytes. What announces more was never a message of ours, and
 * its stream is reset.
 */
export const MAX_SKIPPED_BYTES = 1_048_576

/** Deepest nesting of maps and lists in a message. A beat needs 3; the rest is for later versions. */
export const MAX_CBOR_DEPTH = 16

/** Random bytes that name a session. */
export const SESSION_BYTES = 8

/** Bytes of an FEVM block hash. */
export const ETH_HASH_BYTES = 32

/**
 * How deep a tipset must lie before it is compared with others', in epochs: pages look at different
 * moments, and the newest tipsets still change.
 */
export const SETTLED_EPOCHS = 5

/**
 * Longest line read from a stranger, in bytes. The largest beat that go-filecoin
 * could write with a five-block tipset is about 600; substrate-telemetry allows
 * 256 kB a second. Raise it only together with MAX_HEAD_CIDS.
 */
export const MAX_LINE_BYTES = 4_096

/** Largest height that a beat can carry: an unsigned 64-bit integer. */
export const MAX_HEIGHT = 2n ** 64n - 1n

/** Longest nickname, in Unicode code points: what fits a table's column and a person's eye. */
export const MAX_NICKNAME_CODE_POINTS = 64

/** Longest miner address, in bytes. An f4 address is at most 86 characters. */
export const MAX_MINER_ADDRESS_BYTES = 128

/** Largest discovery document, in bytes: two full lists of usual addresses fit. */
export const MAX_DISCOVERY_BYTES = 16_384

/** Entries of each list in a discovery document. */
export const MAX_DISCOVERED_ADDRESSES = 32

/** Longest text in a discovery document, in characters. A circuit's multiaddr has about 200. */
export const MAX_DISCOVERED_CHARACTERS = 512

// ── Heartbeat ───────────────────────────────────────────────────────────────

/** How often a library or CLI user beats, in ms. go-filecoin's `beatPeriod`. */
export const DEFAULT_BEAT_PERIOD = 3_000

/** Shortest period that an option may ask for, in ms: below it timers of browsers are not honest. */
export const MIN_PERIOD = 50

/** Longest period that an option may ask for, in ms: a beat announces its next within 10 minutes. */
export const MAX_PERIOD = 600_000

/** Longest wait for the head of one beat, in ms. A beat says *now*: a later answer serves the next one. */
export const HEAD_READ_TIMEOUT = 2_000

/** Longest wait for an orderly end of a stream, in ms, before it is reset. */
export const STREAM_CLOSE_TIMEOUT = 1_000

/**
 * Longest wait for the answer that a server takes heartbeats, in ms: many times the slowest round
 * trip over a circuit. Then the way counts as silent.
 */
export const ACCEPT_TIMEOUT = 20_000

/**
 * Longest wait for the answer to a beat before its leg is suspect, in ms, unless the round trip is
 * slow: longer than any packet of a living connection is resent for.
 */
export const SUSPICION_PERIOD = 5_000

/** The same in periods, for those who beat quickly. */
export const SUSPICION_PERIODS = 2

/** The same in round trips: a lost packet costs a few. */
export const SUSPICION_ROUND_TRIPS = 4

/**
 * For how long a leg may be suspect, in ms, before its reports count as paused: with the suspicion
 * before it, 8 s after the first beat that was not answered. Less for those who beat quickly.
 */
export const SILENCE_PERIOD = 3_000

/** Beats that an aggregator may leave unanswered before the eldest is forgotten: it was lost. */
export const MAX_UNANSWERED_BEATS = 64

/**
 * How often browsers let a hidden page's timers run in the long run, in ms. Chrome: once a minute
 * after five minutes.
 */
export const HIDDEN_TIMER_PERIOD = 60_000

/** How much slower than asked beats may come before that is a cadence of its own: timers are never exact. */
export const CADENCE_TOLERANCE = 1.5

/**
 * Least time between the beginnings of two tries, in ms: a back-off may draw nothing, and a route
 * may fail within the call. Shorter than a person notices, who wakes a page and waits for it.
 */
export const MIN_TRY_PERIOD = 100

/** How often to try while the browser reports no network, in ms: it can be wrong. */
export const OFFLINE_RETRY_PERIOD = 60_000

/**
 * First reconnect after a leg that worked, as a share of the period: drawn evenly below it, so
 * that the gap stays under one and a half periods and a thousand clients still do not come at once.
 */
export const RECONNECT_SHARE = 0.5

// ── Net ─────────────────────────────────────────────────────────────────────

/** Longest dial of one address, in ms. WebRTC over a slow relay needs several round trips before ICE. */
export const DIAL_TIMEOUT = 20_000

/**
 * Longest time from a socket's acceptance until it is a libp2p connection, in ms: as long as its
 * dialler waits. A slow phone needs 2 s, and a server's whole crowd may come back at once.
 */
export const SOCKET_HANDSHAKE_TIMEOUT = 20_000

/** Accepted sockets that are no libp2p connection yet: as many as may do their handshake at once. */
export const MAX_PENDING_SOCKETS = 4_000

/** Idle time after which the operating system asks whether a socket's other end still exists, in ms. */
export const SOCKET_KEEP_ALIVE_DELAY = 60_000

/** Connections of one server in all: what a 2-core machine holds in about 1.2 GB. */
export const MAX_CONNECTIONS = 20_000

/**
 * Longest WebSocket message that a server gathers, in bytes; ws would gather 100 MiB of each socket. A
 * frame of noise has 64 KiB at most, and rust-libp2p may put three of them into one message. Raise it
 * only for an implementation that writes longer ones.
 */
export const MAX_SOCKET_MESSAGE_BYTES = 262_144

/** Handshakes under way at once: a whole network that comes back after a restart. */
export const MAX_PENDING_CONNECTIONS = 4_000

/**
 * New connections a second from one address. js-libp2p's 5 would refuse nearly every relayed or
 * proxied wallet, since they share an address; the bound that counts is the one by peer.
 */
export const MAX_INBOUND_CONNECTIONS_PER_HOST = 10_000

/**
 * How long a page keeps a peer connection that it gives up while it connects, in ms: by then its
 * candidates have come. Less, and Chromium keeps some for ever.
 */
export const PEER_CONNECTION_CLOSE_DELAY = 100

/**
 * Connections of one peer at once: two circuits, WebRTC and WebSocket while it moves, and as many
 * dying. One more drives out the eldest.
 */
export const MAX_CONNECTIONS_PER_PEER = 8

/** Circuits through one relay at once: every wallet that one aggregator can hold. */
export const MAX_CIRCUITS = 20_000

/** Aggregators that may reserve a slot on one relay. */
export const MAX_RESERVATIONS = 64

/** Longest life of a circuit, in ms: a day, after which a wallet dials anew. */
export const MAX_CIRCUIT_PERIOD = 86_400_000

/** Bytes through one circuit, both ways summed: a day of beats every 3 s at twice their usual size. */
export const MAX_CIRCUIT_BYTES = 33_554_432

/** First back-off window of an aggregator that lost a relay, in ms: one dialler, and every wallet waits for it. */
export const RELAY_RETRY_PERIOD = 1_000

/** How often that window doubles: up to 4 s, since no wallet gets through before the aggregator is back. */
export const MAX_RELAY_RETRY_DOUBLINGS = 2

/** How often an aggregator asks each of its relays whether it is alive, in ms. */
export const RELAY_PING_PERIOD = 15_000

/** Longest wait for a relay's answer, in ms; then its connection is given up and dialled anew. */
export const RELAY_PING_TIMEOUT = 10_000

/** Connections of one IP address, or IPv6 /64, at once: 2,000 wallets behind one NAT hold two each. */
export const MAX_CLIENT_CONNECTIONS = 4_000

/** New connections a second of one client: those wallets come back within ten seconds of a restart. */
export const MAX_CLIENTS_PER_SECOND = 200

/** New connections of one client at once: all of theirs, should they come at the same moment. */
export const MAX_CLIENT_BURST = 4_000

/** Clients that are remembered, about 150 bytes each; five times what may be connected. */
export const MAX_CLIENTS_KNOWN = 100_000

// ── Client ──────────────────────────────────────────────────────────────────

/** How often a page beats, in ms: one epoch, since wallets are many and a head changes once an epoch. */
export const DEFAULT_ELEMENT_BEAT_PERIOD = 30_000

/** How often a wallet's own function is asked for its head, in ms: it costs a call, not a request. */
export const HEAD_POLL_PERIOD = 1_000

/** Epochs of lag from which a head is called behind. Null rounds make one or two ordinary. */
export const BEHIND_EPOCHS = 5

/**
 * Epochs of lag, shared by wallet and network, from which the device's clock is to blame: two
 * hours. Filecoin has never stood still for that long.
 */
export const CLOCK_WRONG_EPOCHS = 240

/** For how many periods the operator's last answer is worth anything: two beats may be lost. */
export const OPINION_PERIODS = 3

/** How old may be what a wallet handed in as its head, in epochs, before beats call it stale. */
export const MAX_HEAD_AGE_EPOCHS = 5

/**
 * Keys of its own that a page gives up in a row because the aggregator says that another session has
 * them. A fresh key cannot be taken: the second time it is the aggregator that errs.
 */
export const MAX_KEYS_GIVEN_UP = 1

/** Bytes of the seed of an Ed25519 key. */
export const SEED_BYTES = 32

/** Version of what tabs tell each other: one more with each change, so that tabs of two releases keep apart. */
export const TABS_VERSION = 2

/** How old a discovery document may be, in ms, before it is asked for again when no way leads on. */
export const DISCOVERY_REFRESH_PERIOD = 10_000

/** Longest wait for a discovery document, in ms. */
export const DISCOVERY_TIMEOUT = 10_000

/** Beats in a row that a stream would not take, from which the leg is shown as suspect. */
export const SUSPECT_SKIPS = 2

/** Head start of each address over the next in a race, in ms: Happy Eyeballs' recommended 250. */
export const RACE_STAGGER = 250

/** Head start of a relay connection that is there already over a new one, in ms: it may be dead. */
export const RELAY_STAGGER = 1_000

/** Share of a circuit's stated lifetime or bytes after which it is replaced, before the relay cuts it. */
export const CIRCUIT_RENEWAL_SHARE = 0.75

/** How often a limited circuit is looked at, in ms, at most: well within the 30 s that the share leaves of two minutes. */
export const CIRCUIT_CHECK_PERIOD = 5_000

/** How often it is looked at, at least, in its stated lifetime: twice in what the share leaves of it. */
export const CIRCUIT_CHECKS = 8

/**
 * Stated lifetimes from which a relay must have meant milliseconds: js-libp2p's do, against the
 * specification's seconds. Taken for too short, it costs a few circuits more.
 */
export const MIN_MISSTATED_LIFETIME = 10_000

/**
 * Longest wait for one attempt at WebRTC behind a circuit, in ms. js-libp2p does not notice a peer
 * connection that fails while it is agreed on, so this is also how soon the next attempt follows.
 */
export const UPGRADE_TIMEOUT = 10_000

/** Attempts at WebRTC behind one circuit. A lost answer or a full server may be over by the next. */
export const UPGRADE_ATTEMPTS = 3

/** First window of the wait between attempts at WebRTC, in ms. Beats flow meanwhile, so there is no hurry. */
export const UPGRADE_RETRY_DELAY = 2_000

/**
 * Slack that a leading tab has over the time within which it announced to be heard again, as a share
 * of the period.
 */
export const LEADER_SLACK = 0.2

/** Longest wait for the network side to end in order, in ms: its streams and sockets close within two. */
export const STOP_TIMEOUT = 3_000

/**
 * Longest wait for the frame's answer after it has loaded, in ms. Its script has run by then, so this is
 * for a device that is busy: an error page in its place never answers.
 */
export const FRAME_ANSWER_TIMEOUT = 5_000

/**
 * Version of what page and frame tell each other: one more with each change of their port, so that a
 * frame of another release, out of a cache, is told from its page's own.
 */
export const FRAME_VERSION = 1

// ── Element ─────────────────────────────────────────────────────────────────

/** How often ages and waits are drawn anew, in ms, while somebody can see them: they are shown to the second. */
export const ELEMENT_TICK_PERIOD = 1_000

/**
 * How long a state must hold before a screen reader is told of it, in ms: a connection that heals
 * within a moment is no news, and passes through two states.
 */
export const ANNOUNCE_DELAY = 1_000

/** Reports whose round trips the panel draws: half an hour of an element that reports once an epoch. */
export const MAX_DRAWN_TRIPS = 60

/** For how long the button says that the details are copied, in ms: long enough to be read. */
export const ELEMENT_COPIED_PERIOD = 2_000

/** Width of the floating details, in CSS px: two columns of facts, and narrow enough for most phones. */
export const PANEL_WIDTH = 344

/** What is left between the floating details, their pill and the window's edge, in CSS px. */
export const PANEL_MARGIN = 8

/** The least height that the floating details are given, in CSS px: a state, its sentence, a button. */
export const PANEL_LEAST_HEIGHT = 160

/** How long a dot pulses for an acknowledged beat, in ms: seen, and over long before the next. */
export const PULSE_PERIOD = 600

// ── Relay ───────────────────────────────────────────────────────────────────

/** Where a relay listens when it is not told: libp2p's port, on every interface, for a proxy to stand before. */
export const DEFAULT_RELAY_LISTEN = '/ip4/0.0.0.0/tcp/4001/ws'

/** Where a relay answers HTTP, beside the aggregator's port. */
export const DEFAULT_RELAY_HTTP_PORT = 4_004

// ── Aggregator ──────────────────────────────────────────────────────────────

/** Where an aggregator listens when it is not told: the port after its relay's, for a proxy to stand before. */
export const DEFAULT_AGGREGATOR_LISTEN = '/ip4/0.0.0.0/tcp/4002/ws'

/** Port of an aggregator's HTTP server when it is not told: the next. It listens on loopback alone. */
export const DEFAULT_HTTP_PORT = 4_003

/** WebRTC connections that an aggregator takes by default. Each costs about 0.8 MB there. */
export const DEFAULT_MAX_WEBRTC_CONNECTIONS = 500

/** Beats a second that one peer may send in the long run: thirty times as many as go-filecoin's 3 s. */
export const MAX_BEATS_PER_SECOND = 10

/** Beats that one peer may send at once: what a network that stalled may deliver in one chunk. */
export const MAX_BEAT_BURST = 100

/** Beats beyond the allowance that are dropped before their peer is refused: a second of a tight loop. */
export const MAX_EXCESS_BEATS = 200

/** How fast that excess is forgiven, in beats a second: a peer that is a third too fast is never refused. */
export const MAX_EXCESS_BEATS_PER_SECOND = 3

/** Bytes a second that one peer may send in the long run, as substrate-telemetry allows. */
export const MAX_BYTES_PER_SECOND_PER_PEER = 262_144

/** Bytes that one peer may send at once: skipping even a line of this length takes milliseconds. */
export const MAX_BURST_BYTES_PER_PEER = 16_777_216

/** Malformed lines that reset a stream when they come within MALFORMED_LINE_PERIOD: one may be an accident. */
export const MAX_MALFORMED_LINES = 3

/** For how long a malformed line is held against its stream, in ms. */
export const MALFORMED_LINE_PERIOD = 60_000

/** Longest time from a line's first byte to its newline, in ms: a beat is one packet, and may be resent. */
export const UNFINISHED_LINE_TIMEOUT = 10_000

/** For how long a peer that sent far too much is refused, in ms: substrate-telemetry's 10 minutes. */
export const REFUSAL_PERIOD = 600_000

/** Peers that are remembered as refused, about 100 bytes each. Keys are free, so it must have a bound. */
export const MAX_REFUSED_PEERS = 10_000

/** Heartbeat streams of one peer at once, one on each connection: one more drives out the eldest. */
export const MAX_STREAMS_PER_PEER = 8

/** Rows of the roster, at most 5 kB each: as many as there may be connections. */
export const MAX_ROSTER_ROWS = 20_000

/** For how long a peer that left stays in the roster, in ms: the longest period between two beats. */
export const GONE_ROW_PERIOD = 600_000

/**
 * How often rows are looked through, in ms, for a status that changed without a beat and for peers
 * long gone. 20,000 rows take a few ms.
 */
export const ROSTER_SWEEP_PERIOD = 1_000

/** Sessions of one peer that are known to be superseded: a wallet that restarts every minute beats in two. */
export const MAX_SUPERSEDED_SESSIONS = 8

/** How far a beat may lag behind the newest of its session: two legs deliver in any order for seconds at most. */
export const MAX_LATE_BEATS = 64

/** For how long a row tells that two programs used its key, in ms: each beats at least so often. */
export const DUPLICATE_IDENTITY_PERIOD = 600_000

/** Within what time clients are to come back after a goodbye, in ms: a restart takes a few seconds. */
export const BYE_RETRY = 15_000

/**
 * For how long a beat that did not come in time is waited for, in ms: a reconnect, with the first
 * back-off window and the first beat.
 */
export const LIVENESS_GRACE = 15_000

/** How late a beat may be before its row says so, in ms: neither timers nor ways are exact. */
export const OVERDUE_SLACK = 1_000

/** How many times its waking period a peer announces before it counts as asleep. */
export const ASLEEP_FACTOR = 2

/** How many of its own periods a peer that announces none may be silent before its row says so. */
export const UNANNOUNCED_FACTOR = 2

/**
 * How late a sweep may be, in ms, before the process counts as having stood still: then nobody
 * could be heard, and what was missed is held against nobody.
 */
export const MAX_SWEEP_LAG = 500

/** How many times the shortest period that is allowed a peer that beats too often is asked to keep. */
export const TOO_OFTEN_PACE_FACTOR = 2

/** Lotus nodes that an operator may compare with: a majority of a few is enough. */
export const MAX_REFERENCES = 16

/** Peers that an operator may list as watched: each is looked at by name. */
export const MAX_WATCHED = 200

/** How often a reference is asked for its head within an epoch: blocks of one tipset come one by one. */
export const REFERENCE_POLLS_PER_EPOCH = 3

/** How long a reference may be silent, in epochs, before it is no reference: one poll or two may fail. */
export const MAX_REFERENCE_SILENT_EPOCHS = 3

/**
 * How far a watched peer's head may be beyond every node's, in epochs, before it is no witness: a
 * node may be silent for some epochs and count, but who is further ahead errs or lies.
 */
export const MAX_WATCHED_LEAD_EPOCHS = 5

/**
 * How deep below a reference's head a client's tipset is asked for, in epochs. Honest ones lie 5 to
 * 12 deep, and each height more is one that strangers can have asked for.
 */
export const MAX_REFERENCE_DEPTH = 20

/** Settled tipsets fetched ahead below each new head: wallets look at different moments. */
export const REFERENCE_PREFETCH = 4

/** Tipsets that are fetched ahead at once from one reference: those of two heads. */
export const MAX_REFERENCE_REQUESTS = 8

/** Tipsets at heights that clients named, asked for at once besides: strangers choose these. */
export const MAX_REFERENCE_QUESTIONS = 4

/** The same in one epoch, answered or not: enough for every height within the depth once. */
export const MAX_REFERENCE_QUESTIONS_PER_EPOCH = 20

/** How long the discovery document may be kept, in seconds: an address that moved is found within a minute. */
export const DISCOVERY_MAX_AGE_SECONDS = 60

/** How long it may be used while the aggregator does not answer, in seconds: a day. */
export const DISCOVERY_STALE_SECONDS = 86_400

/** How long changes are gathered before readers of the feed get them, in ms: substrate-telemetry's 75. */
export const FEED_FLUSH_DELAY = 75

/** How often a feed with nothing to say sends a comment, in ms: proxies cut silence after 30 s or 60 s. */
export const FEED_KEEP_ALIVE_PERIOD = 15_000

/** How long a reader of the feed may take nothing, in ms, before it is cut, as in substrate-telemetry. */
export const FEED_DRAIN_TIMEOUT = 10_000

/** Bytes of the feed that are made at once for one reader; one row may go beyond it. */
export const FEED_CHUNK_BYTES = 16_384

/** Bytes of an answer that are queued for one slow HTTP client, besides what the system itself buffers. */
export const MAX_HTTP_QUEUED_BYTES = 65_536

/**
 * For how long nothing may move on a connection of the HTTP server, in ms: twice as long as a feed
 * with nothing to say is silent. It ends what no drain deadline sees, such as an answer's last bytes.
 */
export const HTTP_IDLE_TIMEOUT = 30_000

/** Readers of the feed at once: an operator's screens, and tools that watch. */
export const MAX_FEED_READERS = 64

/** Connections of the HTTP server at once: every reader, and as many again for short requests. */
export const MAX_HTTP_CONNECTIONS = 256

// ── Aggregator: the store ───────────────────────────────────────────────────

/** How long records are gathered before they are written, in ms: with the write well below a second. */
export const STORE_WRITE_DELAY = 250

/** Records written in one transaction: about 80 ms of a thread's time. More wait for the next. */
export const MAX_STORE_BATCH_RECORDS = 5_000

/**
 * Records that wait for the disk: 200 watched nodes at the shortest period fill it in 12 minutes, at
 * 30 s in two hours, with about 10 MB. A disk that is slow to mend would ask for more.
 */
export const MAX_STORE_QUEUED_RECORDS = 50_000

/** How long single beats are kept, in ms: a week, in which somebody will have looked. */
export const STORE_BEATS_PERIOD = 604_800_000

/** How long minutes, status changes and alerts that are over are kept, in ms: a quarter of a year. */
export const STORE_ROLLUPS_PERIOD = 7_776_000_000

/**
 * Bytes on disk before the oldest beats give way. A beat takes 63, a node's minute 34: at 30 s, 50
 * watched nodes use a quarter of it, and 200 all of it, with the single beats of the last five days.
 */
export const MAX_STORE_BYTES = 1_073_741_824

/** How often what is too old is looked for, in ms: an hour's worth would be a long piece of work. */
export const STORE_TIDY_PERIOD = 60_000

/** Records deleted at once: about 5 ms, 28 at worst. Half a million at once would hold up writes for 2.7 s. */
export const STORE_TIDY_RECORDS = 2_000

/** Pages of 4 KiB given back to the disk at once, when at least a quarter of a file is free. */
export const STORE_TIDY_PAGES = 500

/** Bytes that the store's log is cut back to once all of it is in the file: as many as some batches write. */
export const STORE_JOURNAL_BYTES = 16_777_216

/** How long another program's lock is waited for, in ms; the worker stands still meanwhile. */
export const STORE_BUSY_TIMEOUT = 100

/** First pause after a failure of the disk, in ms; doubled at each further one. */
export const STORE_RETRY_DELAY = 500

/** The longest pause between attempts, in ms: a disk that has room again is noticed soon. */
export const MAX_STORE_RETRY_DELAY = 15_000

/** How long a start waits for what is remembered, in ms: a lock may pass, a start must not hang. */
export const STORE_REMEMBER_TIMEOUT = 3_000

/** How long a stop waits for the disk to take what waits, in ms: supervisors kill after 10 s. */
export const STORE_CLOSE_TIMEOUT = 5_000

/** Points of one history: more than a screen has columns. */
export const MAX_HISTORY_POINTS = 2_000

/** Single beats of one history: a day at the shortest period, three megabytes of text. */
export const MAX_HISTORY_BEATS = 30_000

/** Alerts, and status changes, told at once; the newest ones. */
export const MAX_HISTORY_ALERTS = 1_000

/** Records of one chunk of an export: some hundred kilobytes of text. */
export const STORE_EXPORT_RECORDS = 2_000

/** Questions that wait for the store at once: every reader of the feed, once. */
export const MAX_STORE_QUESTIONS = 64

/** Round trips kept of one node's minute, for its median: all of them down to a period of 2 s. */
export const STORE_MINUTE_RTTS = 32

/** Shortest time for which history may be kept, in ms: one of its minutes. */
export const MIN_STORE_RETENTION = 60_000

/** Longest time for which it may be kept, in ms: ten years. More is a mistake in writing. */
export const MAX_STORE_RETENTION = 315_360_000_000

/** Least bytes that the store may be given: an empty one has 64 kB. */
export const MIN_STORE_BYTES = 1_048_576

/** A minute, in ms: what history is gathered by. The tables of its file are laid out by it. */
export const MINUTE = 60_000

/** A day, in ms: steps of history beyond the listed ones are whole days, and whole days of minutes give way. */
export const DAY = 86_400_000

/** Records that must have left a line of the queue before it is cut: seldom, so that each costs little. */
export const STORE_QUEUE_CUT_RECORDS = 1_024

// ── Aggregator: HTTP and metrics ────────────────────────────────────────────

/** Nodes on one page of `/api/nodes` when the query does not say. */
export const DEFAULT_PAGE_NODES = 50

/** Most nodes on one page: about as many as a screen's table draws at once, at most 2.5 MB. */
export const MAX_PAGE_NODES = 500

/** Longest text that nodes are searched by, in characters: a peer id has 52, a miner's address 86. */
export const MAX_SEARCH_CHARACTERS = 128

/** For how long an order of the nodes is kept, in ms: a second reader within it costs no sorting. */
export const NODE_ORDER_PERIOD = 1_000

/** How many nodes are put in order at least: pages that a person turns need no second look at all. */
export const MIN_ORDERED_NODES = 1_000

/** Orders that are kept at once: a few screens, each with its own. Each holds 8 bytes a node. */
export const MAX_NODE_ORDERS = 16

/** How far history goes back when the query does not say, in ms: six hours. */
export const DEFAULT_HISTORY_PERIOD = 21_600_000

/** Points of history that are aimed at when the query does not say: about one for two pixels. */
export const MAX_DEFAULT_HISTORY_POINTS = 720

/** Longest range that is told beat by beat, in ms: a day at a beat every 3 s is 28,800 of them. */
export const MAX_BEATWISE_PERIOD = 86_400_000

/** Lengths of a point that are chosen from, in minutes: those that fit whole into an hour or a day. */
export const HISTORY_STEP_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440]

/** Alerts that are over on one answer of `/api/alerts`, when the query does not say. */
export const DEFAULT_PAST_ALERTS = 100

/** Most of them. */
export const MAX_PAST_ALERTS = 1_000

/** How far back may be looked for alerts that are over: more than are ever kept. */
export const MAX_ALERTS_OFFSET = 1_000_000

/** Exports under way at once: each reads the store, which also has to write. */
export const MAX_EXPORTS = 4

/** Nodes that a feed remembers to have changed, besides watched ones, for readers that come back; about 150 bytes each. */
export const MAX_FEED_CHANGES = 50_000

/** Alerts that it remembers likewise: every kind of every watched node at once. */
export const MAX_FEED_ALERTS = 2_000

/** Random bytes that tell one run of a feed from another. */
export const FEED_BOOT_BYTES = 4

/** Least length of an access token, in characters: 96 bits in base 64 cannot be guessed. */
export const MIN_TOKEN_CHARACTERS = 16

/** Longest access token, in characters: what fits every proxy's header limits many times. */
export const MAX_TOKEN_CHARACTERS = 256

/** Wrong tokens that are answered at once: mistakes of a person, and of a scraper that was set up wrong. */
export const MAX_WRONG_TOKENS = 10

/** How many more of them each second. */
export const WRONG_TOKENS_PER_SECOND = 1

/** How long every other waits for its answer, in ms: guessing gets no faster than connections allow. */
export const WRONG_TOKEN_DELAY = 1_000

/** For how long a browser is let in after it gave the token, in ms: a working day. */
export const HTTP_SESSION_PERIOD = 43_200_000

/** Browsers that are let in at once: an operator's screens. One more drives out the eldest. */
export const MAX_HTTP_SESSIONS = 100

/** Random bytes that name such a session: they cannot be guessed. */
export const HTTP_SESSION_BYTES = 32

/** Largest body of a request, in bytes: a token in JSON. */
export const MAX_REQUEST_BODY_BYTES = 4_096

/** Other names that an operator may list for the HTTP server. */
export const MAX_HTTP_HOSTS = 32

/** Largest file of the dashboard that is served, in bytes. The whole of it is a fraction of that. */
export const MAX_DASHBOARD_FILE_BYTES = 4_194_304

/** How long browsers may keep files whose names change with what is in them, in seconds: a year. */
export const ASSET_MAX_AGE_SECONDS = 31_536_000

/** Bounds of the time between two beats of a node, in seconds: from the quickest to the most that may be announced. */
export const BEAT_AGE_BUCKETS = [1, 2, 3, 4, 6, 10, 20, 30, 35, 45, 60, 90, 180, 300, 600]

/** Bounds of the time that taking a beat needs, in seconds: it should stay well below a millisecond. */
export const INGEST_BUCKETS = [0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.05]

/** Bounds of the round trips that nodes report, in seconds: from one machine to a bad satellite link. */
export const ROUND_TRIP_BUCKETS = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 1, 2, 5, 10
]

/** Peers that an operator may allow or deny by name: about 100 bytes each. */
export const MAX_LISTED_PEERS = 100_000

/** Least bytes that a beat may be allowed to have: any honest one fits, with five blocks and a settled tipset. */
export const MIN_BEAT_BYTES = 1_024

/** Largest number that most limits may be set to: more is no limit, but a mistake in writing. */
export const MAX_LIMIT = 1_000_000

/** The same of bytes of one peer, at once or a second: a link of eight gigabits, filled. */
export const MAX_LIMIT_BYTES = 1_000_000_000

/** The same of beats a second of one peer: a thousand times the usual. */
export const MAX_LIMIT_BEATS_PER_SECOND = 10_000

/** The same of streams or connections of one peer: more than a hundred times the usual. */
export const MAX_LIMIT_PER_PEER = 1_000

/** The same of readers of the feed: more than a hundred times the usual. */
export const MAX_LIMIT_FEED_READERS = 10_000

/** Longest time that a limit may be set to, in ms: a day. */
export const MAX_LIMIT_PERIOD = 86_400_000

/** When to ask again where every place is taken, in seconds: soon for a person, seldom for a script. */
export const BUSY_RETRY_SECONDS = 10

/** Longest id of an event that a reader comes back with, in characters: ours have 24 at most. */
export const MAX_EVENT_ID_CHARACTERS = 64

/** How much of a parameter's name that nobody knows is told back, in characters: enough to see the slip. */
export const MAX_TOLD_PARAMETER_CHARACTERS = 40

/** The last moment that a date can tell, in ms since 1970, as ECMAScript has it. */
export const MAX_MOMENT = 8.64e15

/** Overtaken changes that are left in place at least: with few nodes they would be sorted out at each change. */
export const FEED_CHANGES_SLACK = 64

// ── Aggregator: itself as an observer ───────────────────────────────────────

/** Within what time nodes fall silent at once, in ms: the grace, so that nobody is down before it is seen. */
export const SILENT_WINDOW = 15_000

/**
 * Share of all nodes that do not fall silent within that time but for a fault on this side. Of nodes
 * that beat every 30 s half are due in it.
 */
export const SILENT_SHARE = 0.3

/** Nodes that must do so at least, unless it is all of them: a few may well go together. */
export const MIN_SILENT_NODES = 5

/**
 * Share of the nodes that were lost at once that may still be missing when the way must be open
 * again. The others get as long as any client waits between two tries.
 */
export const RETURNING_SHARE = 0.5

/** Longest time for which verdicts stand still, in ms: nodes that are still missing then are gone. */
export const MAX_FREEZE_PERIOD = 600_000

/**
 * How many ms a second come back of those for which verdicts may stand still, once they stood still:
 * all of it within an hour. Keys are free, so that who lets visitors come and go at once, over and
 * over, must not hide for longer that a watched node is gone.
 */
export const FREEZE_RECOVERY_PER_SECOND = 167

/** How long the process must have stood still within a minute, in ms, for an alert about itself. */
export const MAX_HALTED_PER_MINUTE = 2_000

// ── Aggregator: alerts ──────────────────────────────────────────────────────

/** Epochs for which a watched node's head must stand still while the network's moves. Null rounds make one or two. */
export const STALLED_EPOCHS = 5

/** For how long no node at all is heard, in ms, before it is an alert: three of a wallet's periods. */
export const NOTHING_HEARD_PERIOD = 90_000

/** How long what a head tells must hold before it is an alert, in ms: two beats of a wallet. */
export const ALERT_RAISE_DELAY = 60_000

/** How long an alert's reason must be gone before it is over, in ms: one that comes and goes is one alert. */
export const ALERT_CLEAR_DELAY = 30_000

/** Longest wait for a webhook's answer, in ms. */
export const WEBHOOK_TIMEOUT = 10_000

/** First back-off window after a webhook failed, in ms. */
export const WEBHOOK_RETRY_PERIOD = 2_000

/** How often that window doubles: up to about two minutes. */
export const MAX_WEBHOOK_RETRY_DOUBLINGS = 6

/** Messages that wait for a webhook; the eldest gives way: each alert of every watched node once. */
export const MAX_WEBHOOK_QUEUE = 400

// ── Aggregator: the network's state ─────────────────────────────────────────

/** Where bins of the height spread begin, in epochs behind. Behind is from 5 on. */
export const SPREAD_BINS = [0, 1, 2, 3, 5, 10, 100]

/** Over what time beats a second are counted, in ms. */
export const BEAT_RATE_PERIOD = 10_000

// ── Dashboard ───────────────────────────────────────────────────────────────

/** How long the dashboard's feed may be silent, in ms, before it counts as lost: two keep-alives and a little. */
export const DASHBOARD_SILENCE_TIMEOUT = 35_000

/** First back-off window of a dashboard that lost its aggregator, in ms: few screens, and each is watched. */
export const DASHBOARD_RETRY_PERIOD = 1_000

/** How often that window doubles: up to 16 s, which is as long as somebody who was paged waits. */
export const DASHBOARD_RETRY_DOUBLINGS = 4

/** Least time between two questions for the same table, in ms: rows that change faster cannot be read. */
export const DASHBOARD_REFETCH_PERIOD = 2_000

/** How often charts and the aggregator's own facts are asked for, in ms: a point is a minute long at least. */
export const DASHBOARD_CHART_PERIOD = 30_000

/** The same after a question that failed, in ms: what is asked seldom must not be missing for long. */
export const DASHBOARD_RETRY_QUESTION_PERIOD = 5_000

/** Longest wait for one answer, in ms, before it is said that there is none. */
export const DASHBOARD_ANSWER_TIMEOUT = 10_000

/** Rows of one page of visitors: what a person reads, and the server's own default. */
export const DASHBOARD_PAGE_ROWS = 50

/** Watched nodes that are shown before somebody asks for all: those in trouble stand first. */
export const DASHBOARD_WATCHED_ROWS = 25

/** How long somebody may pause while typing a search, in ms, before the server is asked. */
export const DASHBOARD_SEARCH_DELAY = 250

/** Length of a point of the tiles' trends, in ms: the finest that history is told in. */
export const DASHBOARD_TREND_STEP = 60_000

/** Points of a trend: an hour, which shows what happened since somebody last looked. */
export const DASHBOARD_TREND_POINTS = 60

/** How often times that go by are drawn anew, in ms. */
export const DASHBOARD_TICK_PERIOD = 1_000

/**
 * How far the aggregator's clock may be from the browser's, in ms, before times are reckoned by the
 * aggregator's: less is the way of the message.
 */
export const DASHBOARD_MAX_SKEW = 1_000

/** How long a row takes to move to its new place, in ms: long enough to be followed, short enough to be read. */
export const DASHBOARD_MOVE_PERIOD = 260

/** For how long a button says that it copied, in ms: long enough to be read. */
export const DASHBOARD_COPIED_PERIOD = 2_000

/** Alerts on the overview: those that are left out stand on a page of their own, one click away. */
export const DASHBOARD_OVERVIEW_ALERTS = 3

/** Watched nodes that are named at one bin of the height spread: what two lines of a narrow card hold. */
export const DASHBOARD_BIN_NAMES = 4

/** Epochs behind from which charts no longer count a node as at the top: one null round is ordinary. */
export const DASHBOARD_LAGGING_EPOCHS = 2

// ── Command line ────────────────────────────────────────────────────────────

/** The oldest Node that runs the program: the first that has SQLite without a flag. */
export const LEAST_NODE_VERSION = '22.13'

/** Longest wait for all to end after the first signal, in ms: what systemd and Docker grant at least. */
export const CLI_END_TIMEOUT = 10_000

/** The same signal within this time, in ms, is one: npx passes on a Ctrl-C that came anyway. */
export const SAME_SIGNAL_DELAY = 250

/** How often an aggregator is looked at for what its log should tell, in ms. */
export const CLI_LOOK_PERIOD = 1_000

/** How often a second target for alerts is beaten, and its first window of back-off, in ms: go-filecoin's. */
export const ALERT_TARGET_PERIOD = 10_000

/** Longest time for one way of a check, in ms: a circuit, and three attempts at WebRTC behind it. */
export const CHECK_TIMEOUT = 45_000

/** Longest wait for the answer to a check's beat, in ms: two round trips by satellite, many times. */
export const CHECK_ANSWER_TIMEOUT = 10_000

/** Longest wait for each layer when it is found out why a socket does not open, in ms. */
export const DIAGNOSIS_TIMEOUT = 5_000

/** Columns of the text that --help prints: what a terminal of today has at least, with room at its side. */
export const HELP_WIDTH = 96

/** Columns of the flags in it at most; a longer one has a line of its own. */
export const MAX_HELP_FLAG_WIDTH = 30
