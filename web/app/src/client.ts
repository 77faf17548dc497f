// Written from api/openapi.json by COLDTRAIL_WRITE=1 go test ./api -run Clients; do not
// edit. The records of the API as types, and a function for each of its operations.
import { get, path, post, prefix, send, upload } from "./api.ts";

export type About = {
  cases: AboutCases;
  go: string;
  limits: AboutLimits;
  load: AboutLoad;
  /** where notes are kept */
  notes: "memory" | "folder";
  revision?: string;
  /** absent: no store is open */
  store?: AboutStore;
  /** packs and indexes that cases are looked up in */
  tags: AboutFile[];
  /** name and version */
  tool: string;
  version: string;
};

export type AboutCases = {
  /** of the keeper's own */
  file: number;
  inside: number;
  /** here, from uploads */
  made: number;
};

export type AboutFile = {
  name: string;
  sha256: string;
};

export type AboutLimits = {
  /** bytes of a JSON body */
  body: number;
  /** bytes of an uploaded file */
  file: number;
  /** that run at a time */
  jobs: number;
  /** jobs that may wait */
  queue: number;
  /** event streams at a time */
  streams: number;
  /** bytes of memory for trails, by estimate */
  trails: number;
  /** bytes of an upload */
  upload: number;
};

export type AboutLoad = {
  /** of the trails kept, by estimate */
  bytes: number;
  /** jobs */
  running: number;
  /** kept */
  trails: number;
  /** jobs */
  waiting: number;
};

export type AboutStore = {
  input?: string;
  /** CAIP-2 */
  ledger: string;
  sha256?: string;
  /** its folder is still where it was */
  there: boolean;
  transfers: number;
};

export type ActivityRecord = {
  asset: string;
  /** after all the data */
  balance: string;
  first?: string;
  /** transfers that credited it */
  in: number;
  last?: string;
  /** transfers that debited it */
  out: number;
  received: string;
  sent: string;
  /** more was sent than arrived: the rest was there before the data, or is not in it */
  short: boolean;
};

export type ActorRecord = {
  aliases?: string[];
  id: string;
  kind: string;
  mitre?: string;
  name: string;
  note?: string;
  part_of?: string;
};

export type AddressAnswer = {
  address: string;
  /** accounts of the same data that look like it at both ends */
  alike: string[];
  /** symbol and decimals by asset */
  asset_words: Record<string, AssetWord>;
  assets: ActivityRecord[];
  /** absent: the ledger has no clustering */
  cluster?: ClusterRecord;
  /** what the data holds of the account */
  completeness: CompletenessRecord;
  from: string;
  ledger: string;
  /** utxo or account */
  model: string;
  /** what a trace does here */
  stop?: StopRecord;
  tags: TagRecord[];
  /** transfers in which none were looked for: those after the first million of a case, and all of a store */
  uncompared: number;
};

export type Asked = {
  /** what computes it, while it is not done */
  job?: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  /** the digest of the question with its data: the same question is the same trail */
  trail: string;
};

export type AssetWord = {
  decimals: number;
  /** a case, a preset or the ledger vouches for the symbol */
  known: boolean;
  symbol: string;
};

export type BalanceAnswer = {
  asset: string;
  /** transfers */
  of: number;
  /** what must have been there before the data */
  opening: string;
  points: PointRecord[];
  /** transfers whose time is not known: they count in the next point */
  undated: number;
};

export type BookRecord = {
  name: string;
  sha256: string;
  tags: number;
};

export type BoundaryRecord = {
  kind: string;
  name?: string;
  why?: string;
};

export type Case = {
  /** what ought to come out; the findings of the trail say what did */
  expect: CaseExpect[];
  kind: "trail" | "payments";
  ledgers: CaseLedger[];
  /** what it is asked by */
  name: string;
  origin: "inside" | "file" | "made";
  /** as the case file asks; absent: the default */
  policies?: string[];
  /** of the case file */
  sha256: string;
  sources: CaseSource[];
  summary: string;
  thefts: CaseTheft[];
  title: string;
};

export type CaseExpect = {
  source?: string;
  text?: string;
  title: string;
};

export type CaseLedger = {
  format: "text" | "table" | "swift" | "iso20022";
  /** CAIP-2, or bank:NAME; absent: the file states it */
  id?: string;
  path: string;
  sha256?: string;
};

export type CaseSource = {
  url?: string;
  what: string;
};

export type CaseTheft = {
  /** the theft whose value this is */
  continues?: string;
  name: string;
  /** seeds that the case names; a filter is one */
  seeds: number;
  why?: string;
};

export type CaseWhole = {
  /** what ought to come out; the findings of the trail say what did */
  expect: CaseExpect[];
  /** the case file, as text */
  file: string;
  kind: "trail" | "payments";
  ledgers: CaseLedger[];
  /** what it is asked by */
  name: string;
  /** what a reader must know of the data; of a case just made */
  notes?: string[];
  origin: "inside" | "file" | "made";
  /** of a case of the kind payments */
  payments?: Payments;
  /** as the case file asks; absent: the default */
  policies?: string[];
  /** of the case file */
  sha256: string;
  sources: CaseSource[];
  summary: string;
  thefts: CaseTheft[];
  title: string;
};

export type Cases = {
  /** cursor of what follows; empty at the end */
  next: string;
  records: Case[];
  /** records in the whole list */
  total: number;
  /** names of cases that cannot be read now: GET .../cases/NAME says why */
  unread: string[];
};

export type CheckAnswer = {
  /** what the bytes do, an effect each */
  does: string[];
  /** the digests in groups, as hardware wallets show them */
  groups: DigestGroups[];
  /** what decided, in words for somebody who has never seen it */
  headlines: string[];
  /** what was meant */
  intent?: Intent;
  /** what was meant */
  meant: string[];
  /** what the decision asks of the person */
  order: string;
  /** id of the receipt */
  receipt?: string;
  /** the verdict for a terminal, 80 columns */
  screen: string;
  /** who signed these bytes, and what that is worth */
  signers: string[];
  verdict: Verdict;
};

export type CheckQuestion = {
  /** YAML laid over the policy: wallets, owners, the book */
  over?: string;
  /** strict, baseline, or one of the server's own; strict when absent */
  policy?: string;
  /** leave a receipt in the server's log */
  receipt?: boolean;
  /** as docs/guard.md describes it */
  request: unknown;
};

export type ClaimsCheckRequest = {
  /** stands in errors */
  name?: string;
  /** the file, YAML, as docs/study.md describes it */
  text: string;
};

export type ClaimsAnswer = {
  claims: ClaimsResult[];
  document: ClaimsDocument;
  /** verdicts that are as the file expects */
  matches: number;
  not_tested: ClaimsOpened[];
  schema: string;
  tool: string;
};

export type ClaimsChoice = {
  changed: boolean;
  key: string;
  value: string;
};

export type ClaimsDocument = {
  derived_from: string[];
  id: string;
  published_on: string;
  publisher: string;
  title: string;
};

export type ClaimsOpened = {
  locator: string;
  reason: string;
  says: string;
};

export type ClaimsPartResult = {
  asks: string;
  context: boolean;
  default?: Trial;
  measure: string;
  of: number;
  smallest?: Trial;
  true_in: number;
  true_under: ClaimsTrial[];
  verdict: string;
};

export type ClaimsResult = {
  expected: string;
  id: string;
  locator: string;
  matches: boolean;
  note?: string;
  parts: ClaimsPartResult[];
  says: string;
  true_wording: string;
  verdict: string;
};

export type ClaimsTrial = {
  claims: string[];
  got: string;
  policy: ClaimsChoice[];
  rows: string[];
  true: boolean;
};

export type ClusterAnswer = {
  cluster: ClusterRecord;
  other?: string;
  /** the shortest chain of kept evidence */
  steps: LinkRecord[];
  together: boolean;
};

export type ClusterRecord = {
  balance: string;
  /** why they are together */
  hypothesis: string;
  /** the first few */
  members: string[];
  more_members: number;
  /** its first address */
  name: string;
  rules: string[];
  rules_version: number;
  size: number;
};

export type CompletenessRecord = {
  /** complete, unknown, gap */
  external: string;
  internal: string;
  opening: string;
  tokens: string;
};

export type Conversions = {
  /** further ones that are not shown */
  more_unclear: number;
  /** cursor of what follows; empty at the end */
  next: string;
  records: ReportConversionRecord[];
  /** records in the whole list */
  total: number;
  /** exchanges on the trail that were not recognised as conversions, with why; the first 1000 */
  unclear: ReportUnclearRecord[];
};

export type DigestGroups = {
  digest: string;
  groups: string[];
  name: string;
};

export type DocHit = {
  /** the nearest heading above */
  heading: string;
  line: number;
  path: string;
  text: string;
  title: string;
};

export type DocHits = {
  records: DocHit[];
  total: number;
};

export type DocNode = {
  children?: DocNode[];
  /** of a row: it is the table's head */
  head?: boolean;
  /** of a heading */
  level?: number;
  /** of a list */
  ordered?: boolean;
  /** of text, code, mono */
  text?: string;
  /** where a link or picture leads; absent: a file of the repository that is not shown here */
  to?: string;
  /** heading, paragraph, code, quote, list, item, rule, table, row, cell, text, strong, em, del, mono, link, image, break */
  type: string;
};

export type DocPage = {
  headings: string[];
  /** in the folder docs, without .md */
  path: string;
  title: string;
};

export type DocText = {
  headings: string[];
  /** as it stands in the repository */
  markdown: string;
  /** in the folder docs, without .md */
  path: string;
  title: string;
  /** the same, read */
  tree: DocNode[];
};

export type Dollars = {
  /** as known at the end of this day */
  as_known_on: string;
  /** attempted, executed, left_control, ..., net, mixed */
  basis: string;
  /** dollars and cents, decimal */
  usd: string;
  /** at whose price */
  valuation: string;
};

export type Fault = {
  /** name of the column */
  column?: string;
  file?: string;
  hint?: string;
  /** line of the file, from 1 */
  line?: number;
  /** of the request, such as query.limit */
  location?: string;
  message: string;
};

export type GuardDecoded = {
  complete: boolean;
  effects: GuardEffect[];
  signers?: GuardSigner[];
  undecoded?: GuardUndecoded[];
};

export type GuardEffect = {
  agent?: string;
  amount: string;
  amount_or_id?: boolean;
  asset?: string;
  contract?: string;
  date?: string;
  delegate?: boolean;
  expires?: number;
  from?: string;
  library?: string;
  name?: string;
  old?: string;
  path?: string;
  ref?: string;
  revoke?: boolean;
  to?: string;
  token_id?: string;
  type: string;
  unlimited?: boolean;
};

export type GuardExample = {
  kind: string;
  /** the bytes are made by us */
  made: boolean;
  name: string;
  over: string;
  policy: string;
  request: unknown;
  title: string;
};

export type GuardList = {
  as_of?: string;
  name: string;
};

export type GuardMeant = {
  amount: string;
  asset: string;
  to: string;
  unit?: string;
};

export type GuardPolicy = {
  hash: string;
  mode: string;
  name: string;
  /** given to the server, not built in */
  own: boolean;
  version: string;
};

export type GuardReason = {
  approved?: string[];
  evidence?: Record<string, string>;
  monitor?: boolean;
  name: string;
  rule: string;
  severity: "info" | "warn" | "high" | "critical";
  text: string;
};

export type GuardSigner = {
  fault?: string;
  kind?: string;
  needs_node?: boolean;
  owner: boolean;
  who?: string;
};

export type GuardUndecoded = {
  reason: string;
  where?: string;
};

export type HeaderRecord = {
  boundary_digest?: string;
  completeness: ReportCompletenessRecord;
  fee_fate?: string;
  fee_rule?: string;
  ignore_fees: boolean;
  inputs: ReportInputRecord[];
  ledgers: ReportLedgerRecord[];
  policies: ReportPolicyRecord[];
  question?: string;
  read: number;
  record: string;
  schema: string;
  speculative: boolean;
  swaps?: string;
  through?: string[];
  ties: number;
  title?: string;
  tool?: string;
  transfers: number;
  until?: string;
  views: ReportViewRecord[];
};

export type HeistBehind = {
  asserted_on: string;
  draft: boolean;
  grade: string;
  /** incident#claim */
  id: string;
  says: string;
  sources: string[];
  /** claim */
  type: string;
};

export type HeistClaimRecord = {
  actor?: string;
  asserted_on?: string;
  asset?: string;
  basis?: string;
  confidence?: string;
  /** nobody has checked it a second time */
  draft: boolean;
  grade: string;
  high?: string;
  /** the best claim on its question on that day */
  holds: boolean;
  /** incident#claim */
  id: string;
  known_then: boolean;
  likelihood?: string;
  low?: string;
  missing?: string;
  on?: string;
  /** which of the sources says it is not recorded */
  one_or_more_of_sources?: boolean;
  parties?: string[];
  polarity?: string;
  property: string;
  recorded_on: string;
  reviewed_on?: string;
  sources: string[];
  status?: string;
  supersedes?: string;
  text?: string;
  /** claim */
  type: string;
  valuation?: string;
  /** whole units of the asset, decimal */
  value?: string;
};

export type HeistIncidentRecord = {
  id: string;
  notes?: string;
  /** EDTF date */
  occurred?: string;
  /** known to the public on the day asked for */
  public_then: boolean;
  scope: string;
  sector: string;
  status: string;
  title: string;
  /** incident */
  type: string;
  victim: string;
};

export type IncidentAnswer = {
  claims: HeistClaimRecord[];
  incident: HeistIncidentRecord;
  sources: SourceRecord[];
};

export type IncidentsAnswer = {
  /** in the register */
  of: number;
  records: HeistIncidentRecord[];
  /** that fit the question */
  total: number;
};

export type Intent = {
  allow_effects?: string[];
  amount?: string;
  asset?: string;
  chain_id?: string;
  channel?: string;
  max_fee?: string;
  nonce?: string;
  ref?: string;
  signature?: string;
  signed_by?: string;
  source?: string;
  to?: string;
  transfers?: GuardMeant[];
  unit?: string;
  wallet?: string;
};

export type Job = {
  /** jobs that go first */
  ahead?: number;
  /** of the stage */
  done: number;
  job: string;
  /** why it failed */
  problem?: Problem;
  /** what is being done */
  stage?: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  /** of the stage; 0: not known */
  total: number;
  /** what it computes */
  trail?: string;
};

export type Jobs = {
  /** those that run, then those that wait, in turn */
  records: Job[];
};

export type LaidOut = {
  asset: ReportPictureAsset;
  bounded: boolean;
  /** left to right */
  columns: ReportPictureColumn[];
  /** by policy: false where amounts say how far stolen units can reach, and do not add up */
  conserves: boolean[];
  /** by policy: what was stolen and converted into the asset, in atomic units; for policies that conserve, the nodes with an end kind and hidden add up to it */
  entered: string[];
  folds: ReportPictureFold[];
  /** first movement of the view and asset, whatever the filters */
  from?: string;
  /** thousandths of a pixel */
  height: number;
  hidden: ReportPictureHidden;
  links: ReportPictureLink[];
  /** the largest upper bound or amount of a place that is shown, for a common scale of bounds */
  most: string;
  nodes: ReportPictureNode[];
  /** lists by policy follow this one */
  policies: string[];
  /** x where the last column ends; right of it is room for names and bounds */
  right: number;
  /** by policy: the amount that a height of 100000 (100 px) stands for */
  scale: string[];
  /** the whole data was searched for look-alikes; false above 50,000 transfers: then only the trail was */
  searched: boolean;
  /** last movement of the view and asset, whatever the filters */
  until?: string;
  /** the theft, or "any" for the union */
  view: string;
  why?: string;
  /** thousandths of a pixel */
  width: number;
  within: ReportPictureWithin;
};

export type LaidOutGraph = {
  asset: ReportPictureAsset;
  bounded: boolean;
  conserves: boolean[];
  edges: ReportGraphEdges;
  /** thousandths of a pixel */
  height: number;
  hidden: ReportPictureHidden;
  nodes: ReportGraphNodes;
  policies: string[];
  /** the whole data was searched for look-alikes; false above 50,000 transfers: then only the trail was */
  searched: boolean;
  view: string;
  why?: string;
  /** thousandths of a pixel */
  width: number;
};

export type LegRecord = {
  account: string;
  amount: string;
  asset: string;
  counter?: string;
  evidence?: string;
  figures: ReportFigureRecord[];
  transfers: string[];
};

export type LinkRecord = {
  from: string;
  to: string;
  /** absent: one key or script */
  tx?: string;
};

export type Listed = {
  asset: string;
  begin?: string;
  end?: string;
  list: string;
  list_date: string;
  party?: string;
  programme?: string;
};

export type MoveRecord = {
  asset: string;
  /** where it was read */
  evidence?: string;
  failed: boolean;
  fee: string;
  id: string;
  in: string;
  /** value, gas, coinbase, opening */
  kind: string;
  more_others: number;
  /** accounts on the other side, the first few */
  others: string[];
  /** fees included */
  out: string;
  /** its order is not known */
  tied: boolean;
  time?: string;
  tx: string;
};

export type MovesAnswer = {
  /** cursor of the next page */
  next?: string;
  records: MoveRecord[];
  total: number;
};

export type NeighbourRecord = {
  address: string;
  /** looks like the address at both ends */
  alike: boolean;
  first?: string;
  /** of transfers with one account on each side */
  gave: string;
  /** transfers from it */
  in: number;
  last?: string;
  /** transfers to it */
  out: number;
  /** the surest label */
  tag?: string;
  took: string;
};

export type NeighboursAnswer = {
  asset: string;
  /** further accounts that are not shown */
  hidden: number;
  of: number;
  /** transfers that were looked at, the newest */
  read: number;
  records: NeighbourRecord[];
};

export type Note = {
  /** chosen by whoever makes it; unique here */
  id: string;
  /** id of a place, or an account; absent: the trail as a whole */
  on?: string;
  pin?: boolean;
  text?: string;
};

export type Notes = {
  notes: Note[];
  trail: string;
  /** 0: there are none */
  version: number;
};

export type NotesBody = {
  notes: Note[];
};

export type NumberAnswer = {
  /** the claims */
  behind: HeistBehind[];
  claims: string[];
  id: string;
  rows: string[];
  /** every source that they name */
  sources: SourceRecord[];
  text: string;
  what: string;
};

export type OwnersAnswer = {
  header: ReportOwnersHeaderRecord;
  /** cursor of what follows; empty at the end */
  next: string;
  records: ReportOwnersRecord[];
  /** with their authorities; none is the default */
  rules: ReportOwnerRuleRecord[];
  /** records in the whole list */
  total: number;
};

export type PageBoundRecord = {
  /** cursor of what follows; empty at the end */
  next: string;
  records: ReportBoundRecord[];
  /** records in the whole list */
  total: number;
};

export type PageFlowRecord = {
  /** cursor of what follows; empty at the end */
  next: string;
  records: ReportFlowRecord[];
  /** records in the whole list */
  total: number;
};

export type PagePlaceRow = {
  /** cursor of what follows; empty at the end */
  next: string;
  records: PlaceRow[];
  /** records in the whole list */
  total: number;
};

export type Payments = {
  records: ReportPaymentRecord[];
  /** as the command prints them */
  text: string;
};

export type PaymentsAnswer = {
  header: ReportPaymentsHeaderRecord;
  /** cursor of what follows; empty at the end */
  next: string;
  /** figures that others published, with the difference that the case states */
  published: ReportPublishedRecord[];
  records: ReportPaymentRecord[];
  /** by state and currency */
  sums: ReportPaymentSumRecord[];
  /** records in the whole list */
  total: number;
  /** by currency: attempted, credited, returned, rejected */
  totals: ReportPaymentTotalRecord[];
};

export type PictureFolded = {
  /** accounts or places in it */
  n: number;
  /** peel: a chain that passes nearly all on; service: exits of one entity; dust: below the dust share; others: beyond the limit */
  why: "peel" | "service" | "dust" | "others";
};

export type PlaceRow = {
  accounts: string[];
  asset: string;
  boundary?: BoundaryRecord;
  figures: ReportFigureRecord[];
  first?: string;
  /** least number of movements from the theft to it, that of the theft included; -1: not known */
  hops: number;
  id: string;
  kind: string;
  last?: string;
  ledger: string;
  name: string;
  named: boolean;
  record: string;
  tags?: ReportTagRecord[];
  value: string;
};

export type PlaceWhole = {
  /** how many there are: GET .../flows?place=ID has the rest */
  all_flows: number;
  /** exact bounds of the places or the group, with their cuts */
  bounds: ReportBoundRecord[];
  /** movements that end there, in order, the first 200 */
  flows: ReportFlowRecord[];
  places: PlaceRow[];
  /** the hops behind the figures, and the certificate in words, as the command prints them */
  words: string;
};

export type PointRecord = {
  balance: string;
  time: string;
};

export type PolicyChoice = {
  as_known_on: string;
  basis: string;
  disputed: string;
  from: string;
  id: string;
  min_confidence: string;
  min_status: string;
  note?: string;
  reviewed_only: boolean;
  scope: string[];
  /** empty: every kind */
  sectors: string[];
  title: string;
  to: string;
  valuation: string;
};

export type Preview = {
  bytes: number;
  /** of a table */
  columns: PreviewColumn[];
  /** between the fields of a table: , ; | tab */
  delimiter?: string;
  /** the format for a case file */
  format: "table" | "text" | "swift" | "iso20022" | "unknown";
  /** the mapping is a guess: look at it */
  guessed: boolean;
  /** CAIP-2 id that the addresses suggest */
  ledger?: string;
  /** how to read it, with the keys of a case file's mapping: a guess, or what was sent */
  mapping?: Record<string, unknown>;
  name: string;
  /** known forms that have these columns */
  presets: string[];
  /** faults of the file or of the mapping as a whole */
  problems: Fault[];
  /** the first rows of a table, each with what is wrong with it under the mapping */
  rows: PreviewRow[];
  sha256: string;
  /** of a ledger in the text form */
  text?: PreviewText;
  /** the preview saw the file to its end */
  whole: boolean;
  /** packed with gzip, which is read as it is */
  zipped: boolean;
};

export type PreviewColumn = {
  /** rows of the preview without a value */
  empty: number;
  looks: "address" | "hash" | "whole number" | "decimal number" | "unix time" | "time" | "text" | "empty";
  name: string;
  /** the first different values */
  samples: string[];
};

export type PreviewRow = {
  fields: string[];
  line: number;
  problem?: Fault;
};

export type PreviewText = {
  assets: string[];
  ledger: string;
  /** the first lines */
  lines: string[];
  model: string;
  /** that the file itself marks */
  thefts: string[];
  transfers: number;
};

export type Problem = {
  /** what went wrong */
  detail: string;
  errors?: Fault[];
  /** what to try */
  hint?: string;
  /** the job whose end to wait for */
  job?: string;
  /** what stands now, when somebody else changed it */
  present?: Notes;
  status: number;
  /** the status in words */
  title: string;
};

export type Question = {
  /** ACCOUNT or ACCOUNT=NAME: a service, tracing stops there */
  boundaries?: string[];
  /** name of a case */
  case?: string;
  /** on coins, who pays the fee: last, first or prorata */
  fee?: string;
  /** on coins, where fees go: sink, fees-first or subsidy-first */
  fee_fate?: string;
  /** on accounts, fees: pay or ignore */
  gas?: string;
  /** NAME=PLACE,PLACE: bound these places together */
  groups?: string[];
  /** exact bounds for at most so many single places, largest first; 0: 1000 */
  max_bounds?: number;
  /** leave out exact bounds */
  no_bounds?: boolean;
  /** policies, default or all; must exist on one of the ledgers */
  policies?: string[];
  /** ask of the open store instead; with a case, take its ledger from there */
  store?: boolean;
  /** on accounts, swaps within a transaction: named (by the case or the ledger), or recognise as well */
  swaps?: string;
  /** NAME=TRANSFER or NAME=TX:VOUT: what it credited is stolen (of the store, without a case) */
  thefts?: string[];
  /** accounts to go on through although they are boundaries (stamped speculative) */
  through?: string[];
  /** leave out transfers at or after this time, UTC */
  until?: string;
};

export type ReceiptLine = {
  at?: string;
  /** what was signed: the verdict */
  body: unknown;
  decision?: string;
  id: string;
  key_id: string;
  /** the signed note */
  note: string;
  prev: string;
  seq: number;
  wallet?: string;
};

export type ReceiptsAnswer = {
  /** where the chain of receipts does not hold */
  fault?: string;
  /** its name, without the folder */
  file?: string;
  /** the server was given a log */
  open: boolean;
  records: ReceiptLine[];
  total: number;
};

export type ReplayAnswer = {
  /** the histories that can be played */
  cases: string[];
  header: ReplayHead;
  /** what the screens showed at the theft */
  meant?: Intent;
  rows: ReplayLine[];
  summary: ReplaySum;
  /** executed rows that were learnt before any is scored */
  warm_up: number;
};

export type ReplayHead = {
  case: string;
  policy: string;
  policy_version: string;
  /** the bytes are made by us, after reports */
  reconstruction: boolean;
  sources: string[];
  title: string;
  /** header */
  type: string;
};

export type ReplayLine = {
  at: string;
  label: "benign" | "cancelled" | "displayed" | "malicious";
  name: string;
  /** counts for the false alarms */
  scored: boolean;
  /** row */
  type: string;
  verdict: Verdict;
};

export type ReplaySum = {
  ahead_seconds?: number;
  /** names of the scored benign rows on which a rule fired */
  by_rule: Record<string, string[]>;
  decision?: string;
  false_denies: number;
  false_holds: number;
  first_stop?: string;
  loss: string;
  scored: number;
  /** summary */
  type: string;
};

export type ReportAssetRecord = {
  decimals: number;
  id: string;
  known: boolean;
  symbol?: string;
};

export type ReportBoundRecord = {
  amounts?: Record<string, string>;
  asset: string;
  cut_lower: ReportCutRecord[];
  cut_upper: ReportCutRecord[];
  id: string;
  lower: string;
  of: string;
  places?: string[];
  record: string;
  upper: string;
  view: string;
};

export type ReportClaimRecord = {
  /** a theft of the case, or own */
  claimant: string;
  /** atomic units, as a rational: 20 or 1364/60001 */
  exact: string;
  /** as the command writes it */
  text: string;
};

export type ReportCompletenessRecord = {
  external: string;
  internal: string;
  opening: string;
  tokens: string;
};

export type ReportConversionRecord = {
  gave: ReportLegRecord;
  got?: LegRecord;
  ledger: string;
  name: string;
  rate?: string;
  recognised: boolean;
  record: string;
  time?: string;
  tx: string;
};

export type ReportCutRecord = {
  account?: string;
  amount: string;
  kind: string;
  out?: number;
  time?: string;
  to?: string;
  transfer?: string;
};

export type ReportExactRecord = {
  /** atomic units, as a rational: 20 or 1364/60001 */
  exact: string;
  /** as the command writes it */
  text: string;
};

export type ReportFigureRecord = {
  amounts: Record<string, string>;
  lower: string;
  tight: boolean;
  upper: string;
  view: string;
};

export type ReportFindingRecord = {
  got?: string;
  source?: string;
  status: string;
  text?: string;
  title: string;
  want?: string;
};

export type ReportFlowRecord = {
  asset: string;
  fee: boolean;
  figures: ReportFigureRecord[];
  from?: string;
  ledger: string;
  out?: number;
  place?: string;
  record: string;
  seed: boolean;
  tied: boolean;
  time?: string;
  to?: string;
  transfer?: string;
  value: string;
};

export type ReportGraphEdges = {
  /** by policy, then by edge */
  amounts: string[][];
  /** number of a node */
  from: number[];
  /** movements */
  n: number[];
  /** number of a node */
  to: number[];
};

export type ReportGraphNodes = {
  /** numbers of the nodes that look like another */
  alike: number[];
  /** by policy, then by node */
  amounts: string[][];
  /** numbers of the nodes that are a place with bounds */
  bounded: number[];
  /** least number of ribbons from a theft; that to what stays on an account counts */
  hop: number[];
  /** as in the flow picture */
  id: string[];
  kind: string[];
  label: string[];
  /** of those nodes: at least so much under every convention */
  lower: string[];
  /** id of the place, or empty */
  place: string[];
  /** of those nodes: the bounds are exact, not from one pass */
  tight: boolean[];
  /** of those nodes: at most so much */
  upper: string[];
  x: number[];
  y: number[];
};

export type ReportInputRecord = {
  name: string;
  sha256?: string;
};

export type ReportLedgerRecord = {
  assets: ReportAssetRecord[];
  blocks: boolean;
  id: string;
  input?: string;
  model: string;
  native?: string;
  notes?: string[];
  overdraft: boolean;
  sha256?: string;
  skipped: number;
};

export type ReportLegRecord = {
  account: string;
  amount: string;
  asset: string;
  counter?: string;
  evidence?: string;
  figures: ReportFigureRecord[];
  transfers: string[];
};

export type ReportOwnerRuleRecord = {
  authority: string;
  /** caps of several claimants may exceed the balance; a distribution is no tracing */
  kind: "tracing" | "cap" | "distribution";
  /** as the command writes it */
  name: string;
  record: string;
  /** haircut is the rolling charge */
  rule: "fifo" | "lifo" | "own-first" | "haircut" | "lowest-balance" | "pari-passu";
};

export type ReportOwnerShareRecord = {
  /** what paid a debt of the account and cannot be followed */
  debt?: ReportClaimRecord[];
  rule: string;
  /** by claimant; nothing is left out but shares of nothing */
  shares: ReportClaimRecord[];
};

export type ReportOwnersHeaderRecord = {
  /** the claimant that stands for the holder's own or unknown money */
  own: string;
  question: string;
  reconstruction: boolean;
  record: string;
  schema: string;
  title: string;
};

export type ReportOwnersRecord = {
  account: string;
  asset: ReportAssetRecord;
  balance: ReportExactRecord;
  ledger: string;
  record: string;
  /** the cap and the distribution are absent where no victim's money was credited directly */
  rules: ReportOwnerShareRecord[];
  /** bookings whose order is not known: they are taken as listed */
  tied: number;
};

export type ReportPartyRecord = {
  account?: string;
  bic?: string;
  name?: string;
};

export type ReportPaymentAlterRecord = {
  amount: string;
  creditor: ReportPartyRecord;
  currency: string;
  decimals: number;
  evidence: string;
};

export type ReportPaymentRecord = {
  altered?: ReportPaymentAlterRecord[];
  amount: string;
  creditor: ReportPartyRecord;
  currency: string;
  date?: string;
  debtor: ReportPartyRecord;
  decimals: number;
  evidence: string;
  id: string;
  moved: boolean;
  record: string;
  returned?: string;
  shown: boolean;
  states: ReportPaymentStateRecord[];
};

export type ReportPaymentStateRecord = {
  evidence: string;
  reason?: string;
  state: string;
  time?: string;
  type: string;
};

export type ReportPaymentSumRecord = {
  /** of the orders; of returns what came back */
  amount: string;
  currency: string;
  decimals: number;
  payments: number;
  record: string;
  state: string;
};

export type ReportPaymentTotalRecord = {
  /** ordered */
  attempted: string;
  credited: string;
  currency: string;
  decimals: number;
  /** credited and not returned, payment by payment */
  kept: string;
  /** ordered, and neither credited nor rejected in these messages */
  open: string;
  record: string;
  rejected: string;
  returned: string;
};

export type ReportPaymentsHeaderRecord = {
  question: string;
  reconstruction: boolean;
  record: string;
  schema: string;
  title: string;
};

export type ReportPictureAsset = {
  /** an atomic unit is 10^-decimals */
  decimals: number;
  /** CAIP-19 or ISO 4217 */
  id: string;
  /** the known symbol that the symbol of this asset imitates */
  imposter?: string;
  /** a case, a preset or the ledger vouches for the symbol */
  known: boolean;
  symbol?: string;
};

export type ReportPictureColumn = {
  /** first movement into it */
  first?: string;
  /** last movement into it */
  last?: string;
  /** bars that stand in it */
  nodes: number;
  x: number;
};

export type ReportPictureFold = {
  /** by policy: what ended in them */
  amounts: string[];
  /** accounts and places in them */
  n: number;
  /** folded bars */
  nodes: number;
  why: "peel" | "service" | "dust" | "others";
};

export type ReportPictureHidden = {
  /** by policy: what ended in the places that are not shown */
  amounts: string[];
  /** movements that are not shown */
  flows: number;
  /** accounts that are not shown */
  nodes: number;
  /** places that are not shown; of services that are opened, accounts */
  places: number;
};

export type ReportPictureLink = {
  /** by policy */
  amounts: string[];
  /** leads back to an earlier column, or stays in one */
  back: boolean;
  /** a leg of a swap into another asset */
  conversion: boolean;
  /** a fee */
  fee: boolean;
  first?: string;
  /** id of a node */
  from: string;
  /** thickness by policy */
  h: number[];
  id: string;
  last?: string;
  /** movements; 0 for what stays on the account */
  n: number;
  /** id of a node */
  to: string;
  /** by policy: top at the bar it leaves */
  y0: number[];
  /** by policy: top at the bar it reaches */
  y1: number[];
};

export type ReportPictureNode = {
  /** the first few */
  accounts: string[];
  /** an address of the data that this one can be mistaken for */
  alike?: string;
  /** that address is in the data, but not on the trail */
  alike_off: boolean;
  /** by policy: what ended here, or passed through */
  amounts: string[];
  column: number;
  /** value stays here: the amounts of these nodes add up */
  ends: boolean;
  /** first movement into it, or out of a theft */
  first?: string;
  /** absent when the node is one account, entity or place */
  folded?: PictureFolded;
  /** height by policy; at least 1000 where there is any amount */
  h: number[];
  /** least number of ribbons from a theft; that to what stays on an account counts */
  hop: number;
  /** the same under every policy, filter and limit */
  id: string;
  /** the known symbol that an asset it was swapped into imitates */
  imposter?: string;
  kind: "theft" | "account" | "entity" | "mixed" | "exit" | "held" | "edge" | "fee" | "burn" | "converted" | "debt" | "elsewhere";
  /** the whole name or address */
  label: string;
  last?: string;
  ledger?: string;
  /** of a place: at least so much under every convention */
  lower?: string;
  /** accounts that are not listed */
  more_accounts: number;
  /** id of the place, where value ended */
  place?: string;
  /** a short form that no other name of the trail has, or marked as look-alike */
  short: string;
  /** height kept free for it: that of the largest policy, or room for its label */
  slot: number;
  /** the label of the first */
  tag?: string;
  /** number of tags of its accounts */
  tags: number;
  /** the bounds are exact, not from one pass */
  tight: boolean;
  /** top of the bar by policy: it stands in the middle of its slot */
  top: number[];
  /** of a place: at most so much */
  upper?: string;
  w: number;
  x: number;
  /** top of its slot */
  y: number;
};

export type ReportPictureWithin = {
  /** by policy: their sum; value that moved twice counts twice */
  amounts: string[];
  flows: number;
};

export type ReportPolicyRecord = {
  conserves: boolean;
  name: string;
  on: string;
  rule: string;
  source: string;
};

export type ReportPublishedRecord = {
  difference?: string;
  /** as the case file writes it: 101000000 USD */
  figure: string;
  record: string;
  source: string;
  text?: string;
  title: string;
  verdict: "agrees" | "contradicted" | "not explained";
  who: string;
};

export type ReportRecordCounts = {
  bound: number;
  conversion?: number;
  flow: number;
  place: number;
  seed: number;
  unclear?: number;
  warning: number;
};

export type ReportScopeRecord = {
  asset: ReportAssetRecord;
  bounded: boolean;
  model: string;
  policies: string[];
  seeded: string;
  view: string;
  why?: string;
};

export type ReportSeedRecord = {
  account: string;
  amount: string;
  asset: string;
  evidence?: string;
  injected: boolean;
  ledger: string;
  overlap: string;
  record: string;
  theft: string;
  time?: string;
  transfer?: string;
};

export type ReportTagRecord = {
  account: string;
  concepts?: string[];
  confidence: string;
  entity?: string;
  label: string;
  source: string;
};

export type ReportTotalRecord = {
  asset: string;
  bounded: boolean;
  burnt: string;
  conserves: boolean;
  converted: string;
  converted_in: string;
  debts: string;
  edge: string;
  elsewhere: string;
  exits: string;
  fees: string;
  held: string;
  policy: string;
  seeded: string;
  view: string;
  why?: string;
};

export type ReportUnclearRecord = {
  ledger: string;
  record: string;
  time?: string;
  tx: string;
  who?: string;
  why: string;
};

export type ReportViewRecord = {
  continues?: string;
  name: string;
};

export type ReportWarningRecord = {
  account?: string;
  amount?: string;
  asset?: string;
  code: string;
  ledger?: string;
  record: string;
  text: string;
};

export type SourceAnswer = {
  claims: HeistBehind[];
  /** the documents that it goes back to */
  roots: string[];
  source: SourceRecord;
};

export type SourceRecord = {
  archived_url?: string;
  /** what it repeats; a copy corroborates nothing */
  derived_from?: string[];
  id: string;
  kind: string;
  lang?: string;
  note?: string;
  published_on?: string;
  publisher: string;
  /** A to F */
  reliability?: string;
  retrieved_on?: string;
  /** of the bytes that were read; absent: not kept */
  sha256?: string;
  title: string;
  url?: string;
};

export type StopRecord = {
  /** tags of a service and of a theft stand here: the trace goes on */
  disputed: boolean;
  ledger: string;
  name?: string;
  stops: boolean;
};

export type StudyAmount = {
  claims: string[];
  high: Dollars;
  known: boolean;
  low: Dollars;
  priced: boolean;
  stands: boolean;
  value: Dollars;
};

export type StudyAnswer = {
  actors: StudyDeed[];
  curve: StudyCell[];
  disputes: StudyDispute[];
  evidence: StudyGrades[];
  excluded: StudyOut[];
  falls: StudyFall[];
  /** names of the pictures */
  figures: string[];
  front: StudyFront;
  grid: StudyCell[];
  header: StudyHeader;
  lags: StudyLag[];
  leave_out: StudyChange[];
  numbers: StudyNumber[];
  /** the policies of the register, to begin from */
  policies: PolicyChoice[];
  recovery: StudyBack[];
  rows: StudyRow[];
  schema: string;
  sizes: StudySizes;
  splits: StudySplit[];
  sweep: StudyKnown[];
  /** names of the tables that can be had as CSV */
  tables: string[];
  tool: string;
  tops: StudyTop[];
  tornado: StudyChange[];
  vintages: StudyVintage[];
  years: StudyYear[];
};

export type StudyAttribution = {
  actor: string;
  against: string[];
  asserted_on: string;
  claims: string[];
  confidence: string;
  parties: string[];
  probability_permille: number;
  status: string;
  verdict: "counted" | "disputed" | "below_threshold" | "not_attributed";
};

export type StudyBack = {
  frozen: Dollars;
  id: string;
  left_control: Dollars;
  net: Dollars;
  number: string;
  recovered: Dollars;
  reimbursed_by_victim: Dollars;
  returned_by_attacker: Dollars;
  seized: Dollars;
  share_back: StudyShare;
  title: string;
};

export type StudyCell = {
  actor: string[];
  basis: string;
  coincheck: boolean;
  count: number;
  index: number;
  known: string;
  min_confidence: string;
  number: string;
  share: StudyShare;
  sum: Dollars;
  top: string[];
};

export type StudyChange = {
  after: Dollars;
  before: Dollars;
  by: Dollars;
  count_after: number;
  number: string;
  share_after: StudyShare;
  up: boolean;
  what: string;
};

export type StudyDeed = {
  attempted: Dollars;
  attribution: StudyAttribution;
  draft: boolean;
  id: string;
  left_control: Dollars;
  net: Dollars;
  number: string;
  occurred: string;
  title: string;
};

export type StudyDispute = {
  against: string[];
  chosen: string;
  id: string;
  others: string[];
  question: string;
  says: string;
  title: string;
  why: string;
};

export type StudyFall = {
  group: string;
  n: number;
  steps: StudyStep[];
};

export type StudyFront = {
  actor: string;
  all: StudyTotal;
  disputed: string[];
  interval: StudyInterval;
  share_with_coincheck: StudyShare;
  share_without_coincheck: StudyShare;
  with_coincheck: StudyTotal;
  with_every_disputed: StudyTotal;
  without_any_disputed: StudyTotal;
  without_coincheck: StudyTotal;
};

export type StudyGrades = {
  actor: string;
  amount: string;
  date: string;
  id: string;
  independent_sources: number;
  method: string;
  reviewed: boolean;
  title: string;
};

export type StudyHeader = {
  as_booked: number;
  claims: number;
  disputed: string;
  drafts: number;
  from: string;
  incidents: number;
  independence: string;
  min_confidence: string;
  min_grade: string;
  min_status: string;
  now: boolean;
  policy: string;
  policy_title: string;
  prices: string;
  register_sha256: string;
  revalued: number;
  reviewed_only: boolean;
  runs: number;
  schema: string;
  scope: string;
  sectors: string;
  seed: number;
  terms: StudyTerms;
  tie_break: string;
  to: string;
};

export type StudyInterval = {
  central: Dollars;
  high: Dollars;
  low: Dollars;
  mean: Dollars;
  p5: Dollars;
  p95: Dollars;
};

export type StudyKnown = {
  actor: StudyTotal;
  all: StudyTotal;
  count: number;
  first: string;
  number: string;
  on: string;
  share: StudyShare;
};

export type StudyLag = {
  about: boolean;
  claim: string;
  days: number;
  from: string;
  id: string;
  number: string;
  title: string;
  to: string;
};

export type StudyNumber = {
  claims: string[];
  id: string;
  rows: string[];
  text: string;
  what: string;
};

export type StudyOut = {
  id: string;
  reason: string;
  title: string;
};

export type StudyRank = {
  draft: boolean;
  id: string;
  number: string;
  rank: number;
  stands: boolean;
  title: string;
  value: Dollars;
  verdict: "counted" | "disputed" | "below_threshold" | "not_attributed";
};

export type StudyRow = {
  amounts: StudyAmount[];
  attribution: StudyAttribution;
  country: string;
  draft: boolean;
  id: string;
  independent_sources: number;
  method: string;
  occurred: string;
  scope: string;
  sector: string;
  title: string;
  wallet_temperature: string;
  year: number;
};

export type StudyShare = {
  known: boolean;
  permille: number;
};

export type StudySizes = {
  gini: StudyShare;
  median: Dollars;
  top_1: StudyShare;
  top_10: StudyShare;
  top_5: StudyShare;
  values: StudyRank[];
};

export type StudySplit = {
  actor: StudyTotal;
  all: StudyTotal;
  of: string;
  share: StudyShare;
  word: string;
};

export type StudyStep = {
  basis: string;
  n: number;
  number: string;
  value: Dollars;
};

export type StudyTerms = {
  as_known_on: string;
  basis: string;
  valuation: string;
};

export type StudyTop = {
  actor_count: number;
  actor_share: StudyShare;
  basis: string;
  number: string;
  rows: StudyRank[];
  sum: Dollars;
};

export type StudyTotal = {
  attempted: Dollars;
  drafts: number;
  left_control: Dollars;
  n: number;
  net: Dollars;
  number?: string;
  rows?: string[];
};

export type StudyVintage = {
  n: number;
  number: string;
  ours: Dollars;
  ours_n: number;
  policy: string;
  published_usd: string;
  publisher: string;
  residual: Dollars;
  source: string;
  up: boolean;
  vintage: string;
  year: number;
};

export type StudyYear = {
  actor: StudyTotal;
  all: StudyTotal;
  disputed: StudyTotal;
  interval: StudyInterval;
  mean: Dollars;
  median: Dollars;
  share_by_count: StudyShare;
  share_by_value: StudyShare;
  year: number;
};

export type SummaryRecord = {
  findings?: ReportFindingRecord[];
  record: string;
  records: ReportRecordCounts;
  totals: ReportTotalRecord[];
};

export type TagRecord = {
  actor?: string;
  /** why this is a claim of sanction, theft or abuse */
  alarm?: string;
  /** a trace stops here */
  boundary: boolean;
  concepts?: string[];
  confidence: string;
  context?: string;
  entity?: string;
  file: string;
  is_cluster_definer?: boolean;
  label: string;
  lastmod?: string;
  ledger: string;
  /** of the confidence, 0 to 100 */
  level: number;
  line: number;
  listed?: Listed;
  network: string;
  pack: string;
  /** tag */
  record: string;
  role?: string;
  source: string;
  /** the address or transaction as it was asked for */
  subject: string;
  tag_type?: string;
};

export type TagsAnswer = {
  /** what was asked */
  books: BookRecord[];
  checksum_checked: boolean;
  /** what is wrong with the address */
  checksum_fault?: string;
  records: TagRecord[];
  /** on which ledgers a trace would stop there */
  stops: StopRecord[];
  subject: string;
};

export type Trail = {
  case?: string;
  /** places bounded together: GET .../bounds?of=group */
  groups?: string[];
  /** absent while the trail is computed, like all below */
  header?: HeaderRecord;
  /** what computes it, while it is not done */
  job?: string;
  /** findings that are not as the case expects */
  mistaken: number;
  /** as it was asked */
  question: Question;
  /** the views and assets in which there are amounts, in order */
  scopes?: ReportScopeRecord[];
  seeds?: ReportSeedRecord[];
  /** records of the data that were left out */
  skipped: number;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  /** totals by view, asset and policy; counts; findings */
  summary?: SummaryRecord;
  /** the digest of the question with its data: the same question is the same trail */
  trail: string;
  warnings?: ReportWarningRecord[];
};

export type Trial = {
  claims: string[];
  got: string;
  policy: ClaimsChoice[];
  rows: string[];
  true: boolean;
};

export type Verdict = {
  at: string;
  decision: "allow" | "hold" | "deny";
  decoded: GuardDecoded;
  digests: Record<string, string>;
  expires_at: string;
  kind: string;
  lists?: GuardList[];
  mode: string;
  not_evaluated?: string[];
  payload_hash: string;
  policy: string;
  policy_version: string;
  reasons: GuardReason[];
  request_hash: string;
  request_id?: string;
  rules_version: string;
  wallet: string;
};

export type AddressQuery = {
  /** where the ledger is read: a case, or store */
  from: string;
};

export type AddressBalanceQuery = {
  /** where the ledger is read: a case, or store */
  from: string;
  asset?: string | undefined;
};

export type AddressClusterQuery = {
  /** where the ledger is read: a case, or store */
  from: string;
  /** why is this one in it? */
  other?: string | undefined;
  members?: number | undefined;
};

export type AddressNeighboursQuery = {
  /** where the ledger is read: a case, or store */
  from: string;
  asset?: string | undefined;
  limit?: number | undefined;
};

export type AddressTransfersQuery = {
  /** where the ledger is read: a case, or store */
  from: string;
  /** may be left out when there is one */
  asset?: string | undefined;
  way?: "both" | "in" | "out" | undefined;
  order?: "oldest" | "newest" | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
};

export type BoundsQuery = {
  /** one theft, or any for the union; absent: every view */
  view?: string | undefined;
  /** id or symbol; absent: every asset */
  asset?: string | undefined;
  of?: "place" | "group" | undefined;
  /** of the place, or name of the group */
  id?: string | undefined;
  /** records to give at most */
  limit?: number | undefined;
  /** where to go on: next of the answer before; absent: the beginning */
  cursor?: string | undefined;
};

export type CasesQuery = {
  /** records to give at most */
  limit?: number | undefined;
  /** where to go on: next of the answer before; absent: the beginning */
  cursor?: string | undefined;
};

export type ClaimsQuery = {
  as_known_on?: string | undefined;
};

export type ClaimsCheckQuery = {
  as_known_on?: string | undefined;
};

export type ConversionsQuery = {
  /** one theft, or any for the union; absent: every view */
  view?: string | undefined;
  /** id or symbol; absent: every asset */
  asset?: string | undefined;
  /** records to give at most */
  limit?: number | undefined;
  /** where to go on: next of the answer before; absent: the beginning */
  cursor?: string | undefined;
};

export type DocsPageQuery = {
  /** as the list gives it */
  path: string;
};

export type DocsSearchQuery = {
  q: string;
};

export type ExportQuery = {
  /** one theft, or any for the union; absent: every view */
  view?: string | undefined;
  /** id or symbol; absent: every asset */
  asset?: string | undefined;
  /** sankey and timeline are SVG */
  format?: "text" | "jsonl" | "csv" | "graphml" | "sankey" | "timeline" | "html" | undefined;
  /** policy that pictures draw and tables sort by; absent: fifo */
  draw?: string | undefined;
  /** rows to show before the rest is summed up; -1: all; 0: as usual */
  limit?: number | undefined;
  /** of pictures and pages; absent: the reader's own setting */
  theme?: "light" | "dark" | undefined;
  /** columns of text */
  width?: number | undefined;
};

export type FlowsQuery = {
  /** one theft, or any for the union; absent: every view */
  view?: string | undefined;
  /** id or symbol; absent: every asset */
  asset?: string | undefined;
  /** id of the place where they end */
  place?: string | undefined;
  /** that pays or is paid */
  account?: string | undefined;
  transfer?: string | undefined;
  /** at or after this time */
  from?: string | undefined;
  /** before this time */
  until?: string | undefined;
  /** only those with which stolen value enters */
  seed?: boolean | undefined;
  /** records to give at most */
  limit?: number | undefined;
  /** where to go on: next of the answer before; absent: the beginning */
  cursor?: string | undefined;
};

export type GraphQuery = {
  /** one theft, or any for the union; absent: every view */
  view?: string | undefined;
  /** id or symbol; absent: every asset */
  asset?: string | undefined;
  /** movements at or after this time */
  from?: string | undefined;
  /** movements before this time */
  until?: string | undefined;
  /** leave out what carries less, in atomic units */
  min?: string | undefined;
  /** kinds of place to show; absent: all */
  kinds?: string | undefined;
  /** leave out what lies more ribbons from the theft, that to what stays included; 0: no limit */
  hops?: number | undefined;
};

export type GuardReceiptsQuery = {
  limit?: number | undefined;
};

export type GuardReplayQuery = {
  case?: string | undefined;
  policy?: string | undefined;
};

export type IncidentQuery = {
  as_known_on?: string | undefined;
};

export type IncidentsQuery = {
  as_known_on?: string | undefined;
  /** in id, title, victim or another name */
  text?: string | undefined;
  scope?: string | undefined;
  sector?: string | undefined;
};

export type OwnersQuery = {
  /** records to give at most */
  limit?: number | undefined;
  /** where to go on: next of the answer before; absent: the beginning */
  cursor?: string | undefined;
};

export type PaymentsQuery = {
  /** records to give at most */
  limit?: number | undefined;
  /** where to go on: next of the answer before; absent: the beginning */
  cursor?: string | undefined;
};

export type PictureQuery = {
  /** one theft, or any for the union; absent: every view */
  view?: string | undefined;
  /** id or symbol; absent: every asset */
  asset?: string | undefined;
  /** bars at most; 0: 60 */
  limit?: number | undefined;
  /** movements at or after this time */
  from?: string | undefined;
  /** movements before this time */
  until?: string | undefined;
  /** leave out what carries less, in atomic units */
  min?: string | undefined;
  /** kinds of place to show; absent: all */
  kinds?: string | undefined;
  /** leave out what lies more ribbons from the theft, that to what stays included; 0: no limit */
  hops?: number | undefined;
  /** reasons for which nothing is folded: peel, service, dust */
  unfold?: string | undefined;
  /** ids of folded bars to show one by one */
  open?: string | undefined;
  /** a place below one part in so many of what entered is dust; 0: a million */
  dust?: number | undefined;
};

export type PlaceQuery = {
  /** one theft, or any for the union; absent: every view */
  view?: string | undefined;
  /** id or symbol; absent: every asset */
  asset?: string | undefined;
  /** policy that leads in words; absent: fifo */
  draw?: string | undefined;
};

export type PlacesQuery = {
  /** one theft, or any for the union; absent: every view */
  view?: string | undefined;
  /** id or symbol; absent: every asset */
  asset?: string | undefined;
  /** exit, held, edge, fee, burn, converted, debt, elsewhere */
  kind?: string | undefined;
  /** in the name, an account, or a tag */
  text?: string | undefined;
  /** least amount under the policy, in atomic units */
  min?: string | undefined;
  /** reached at or after this time */
  from?: string | undefined;
  /** reached before this time */
  until?: string | undefined;
  /** at most so many movements from the theft; -1: any */
  hops?: number | undefined;
  /** that min and sort look at; absent: the first */
  policy?: string | undefined;
  /** absent: the order of the trail. Amounts and times: largest first; name and hops: smallest first */
  sort?: "amount" | "upper" | "lower" | "value" | "name" | "first" | "last" | "hops" | "order" | undefined;
  /** records to give at most */
  limit?: number | undefined;
  /** where to go on: next of the answer before; absent: the beginning */
  cursor?: string | undefined;
};

export type StudyQuery = {
  /** id of a policy of the register */
  policy?: string | undefined;
  /** whom the study is about; blank: the DPRK */
  actor?: string | undefined;
  /** attempted, executed, left_control, net, ... */
  basis?: string | undefined;
  /** as_booked, at_theft or as_of:DATE */
  valuation?: string | undefined;
  /** a day, or now */
  as_known_on?: string | undefined;
  /** words with commas between: theft,near_miss */
  scope?: string | undefined;
  /** kinds of victims with commas between; all: every kind */
  sectors?: string | undefined;
  /** first day */
  from?: string | undefined;
  /** last day */
  to?: string | undefined;
  /** low, moderate or high */
  min_confidence?: string | undefined;
  /** claimed, assessed, indicted, sanctioned or convicted */
  min_status?: string | undefined;
  /** include, exclude or interval */
  disputed?: string | undefined;
  /** true or false */
  reviewed_only?: string | undefined;
  /** only these tables, with commas between; header, front and sizes are always there, and the other tables are empty */
  parts?: string | undefined;
};

export type StudyFigureQuery = {
  /** for a telephone */
  narrow?: boolean | undefined;
  theme?: "light" | "dark" | "" | undefined;
  /** id of a policy of the register */
  policy?: string | undefined;
  /** whom the study is about; blank: the DPRK */
  actor?: string | undefined;
  /** attempted, executed, left_control, net, ... */
  basis?: string | undefined;
  /** as_booked, at_theft or as_of:DATE */
  valuation?: string | undefined;
  /** a day, or now */
  as_known_on?: string | undefined;
  /** words with commas between: theft,near_miss */
  scope?: string | undefined;
  /** kinds of victims with commas between; all: every kind */
  sectors?: string | undefined;
  /** first day */
  from?: string | undefined;
  /** last day */
  to?: string | undefined;
  /** low, moderate or high */
  min_confidence?: string | undefined;
  /** claimed, assessed, indicted, sanctioned or convicted */
  min_status?: string | undefined;
  /** include, exclude or interval */
  disputed?: string | undefined;
  /** true or false */
  reviewed_only?: string | undefined;
};

export type StudyNumberQuery = {
  /** id of a policy of the register */
  policy?: string | undefined;
  /** whom the study is about; blank: the DPRK */
  actor?: string | undefined;
  /** attempted, executed, left_control, net, ... */
  basis?: string | undefined;
  /** as_booked, at_theft or as_of:DATE */
  valuation?: string | undefined;
  /** a day, or now */
  as_known_on?: string | undefined;
  /** words with commas between: theft,near_miss */
  scope?: string | undefined;
  /** kinds of victims with commas between; all: every kind */
  sectors?: string | undefined;
  /** first day */
  from?: string | undefined;
  /** last day */
  to?: string | undefined;
  /** low, moderate or high */
  min_confidence?: string | undefined;
  /** claimed, assessed, indicted, sanctioned or convicted */
  min_status?: string | undefined;
  /** include, exclude or interval */
  disputed?: string | undefined;
  /** true or false */
  reviewed_only?: string | undefined;
};

export type StudyTableQuery = {
  /** id of a policy of the register */
  policy?: string | undefined;
  /** whom the study is about; blank: the DPRK */
  actor?: string | undefined;
  /** attempted, executed, left_control, net, ... */
  basis?: string | undefined;
  /** as_booked, at_theft or as_of:DATE */
  valuation?: string | undefined;
  /** a day, or now */
  as_known_on?: string | undefined;
  /** words with commas between: theft,near_miss */
  scope?: string | undefined;
  /** kinds of victims with commas between; all: every kind */
  sectors?: string | undefined;
  /** first day */
  from?: string | undefined;
  /** last day */
  to?: string | undefined;
  /** low, moderate or high */
  min_confidence?: string | undefined;
  /** claimed, assessed, indicted, sanctioned or convicted */
  min_status?: string | undefined;
  /** include, exclude or interval */
  disputed?: string | undefined;
  /** true or false */
  reviewed_only?: string | undefined;
};

export type TagsQuery = {
  /** an address, or a transaction's hash */
  subject: string;
  /** only claims on this ledger (CAIP-2) */
  ledger?: string | undefined;
};

// The operations, by their names in the description.
export const api = {
  /** Which program answers, from what data */
  about: (signal?: AbortSignal) => get<About>(`/about`, {}, signal),
  /** Actors that attributions name */
  actors: (signal?: AbortSignal) => get<ActorRecord[]>(`/register/actors`, {}, signal),
  /** What the data shows of an account, and who is said to be behind it */
  address: (ledger: string, address: string, query: AddressQuery, signal?: AbortSignal) => get<AddressAnswer>(`/addresses/${encodeURIComponent(ledger)}/${encodeURIComponent(address)}`, query, signal),
  /** Its balance over time */
  addressBalance: (ledger: string, address: string, query: AddressBalanceQuery, signal?: AbortSignal) => get<BalanceAnswer>(`/addresses/${encodeURIComponent(ledger)}/${encodeURIComponent(address)}/balance`, query, signal),
  /** Addresses that are spent from together, and the chain of evidence to another */
  addressCluster: (ledger: string, address: string, query: AddressClusterQuery, signal?: AbortSignal) => get<ClusterAnswer>(`/addresses/${encodeURIComponent(ledger)}/${encodeURIComponent(address)}/cluster`, query, signal),
  /** Who paid it, and whom it paid */
  addressNeighbours: (ledger: string, address: string, query: AddressNeighboursQuery, signal?: AbortSignal) => get<NeighboursAnswer>(`/addresses/${encodeURIComponent(ledger)}/${encodeURIComponent(address)}/neighbours`, query, signal),
  /** Its transfers, both ways */
  addressTransfers: (ledger: string, address: string, query: AddressTransfersQuery, signal?: AbortSignal) => get<MovesAnswer>(`/addresses/${encodeURIComponent(ledger)}/${encodeURIComponent(address)}/transfers`, query, signal),
  /** Ask for a trail: of a case or the store, under conventions */
  ask: (body: Question) => post<Asked>(`/trails`, body, "POST"),
  /** The exact bounds with the cuts that prove them: the bound records of the command */
  bounds: (trail: string, query: BoundsQuery = {}, signal?: AbortSignal) => get<PageBoundRecord>(`/trails/${encodeURIComponent(trail)}/bounds`, query, signal),
  /** Cancel a job */
  cancelJob: (job: string) => post<Job>(`/jobs/${encodeURIComponent(job)}`, undefined, "DELETE"),
  /** A case with its file, and its payments where there is nothing to trace */
  case: (caseName: string, signal?: AbortSignal) => get<CaseWhole>(`/cases/${encodeURIComponent(caseName)}`, {}, signal),
  /** The case file (YAML) */
  caseFile: (caseName: string): string => path(`/cases/${encodeURIComponent(caseName)}/file`),
  /** The cases inside, the keeper's own, and those made here */
  cases: (query: CasesQuery = {}, signal?: AbortSignal) => get<Cases>(`/cases`, query, signal),
  /** The article inside the binary, checked */
  claims: (query: ClaimsQuery = {}, signal?: AbortSignal) => get<ClaimsAnswer>(`/claims`, query, signal),
  /** A file of claims, checked */
  claimsCheck: (body: ClaimsCheckRequest, query: ClaimsCheckQuery = {}) => post<ClaimsAnswer>(path(`/claims/check`, query).slice(prefix.length), body, "POST"),
  /** What changed its asset on the trail: the conversion and unclear records of the command */
  conversions: (trail: string, query: ConversionsQuery = {}, signal?: AbortSignal) => get<Conversions>(`/trails/${encodeURIComponent(trail)}/conversions`, query, signal),
  /** Delete a case that was made here */
  deleteCase: (caseName: string): Promise<void> => send(`/cases/${encodeURIComponent(caseName)}`, "DELETE"),
  /** Take all notes away; 412 when they changed since they were read */
  deleteNotes: (trail: string, headers: Record<string, string> = {}) => post<Notes>(`/notes/${encodeURIComponent(trail)}`, undefined, "DELETE", headers),
  /** The documents inside the binary */
  docs: (signal?: AbortSignal) => get<DocPage[]>(`/docs`, {}, signal),
  /** One document */
  docsPage: (query: DocsPageQuery, signal?: AbortSignal) => get<DocText>(`/docs/page`, query, signal),
  /** A picture of the documents */
  docsPicture: (name: string): string => path(`/docs/img/${encodeURIComponent(name)}`),
  /** Where words stand in the documents */
  docsSearch: (query: DocsSearchQuery, signal?: AbortSignal) => get<DocHits>(`/docs/search`, query, signal),
  /** A trail as a file: the bytes of coldtrail trace --format */
  export: (trail: string, query: ExportQuery = {}): string => path(`/trails/${encodeURIComponent(trail)}/export`, query),
  /** The movements, in order: the flow records of the command */
  flows: (trail: string, query: FlowsQuery = {}, signal?: AbortSignal) => get<PageFlowRecord>(`/trails/${encodeURIComponent(trail)}/flows`, query, signal),
  /** Every account and place of a view in an asset, laid out, by columns of values */
  graph: (trail: string, query: GraphQuery = {}, signal?: AbortSignal) => get<LaidOutGraph>(`/trails/${encodeURIComponent(trail)}/graph`, query, signal),
  /** What was meant, what the bytes will do, and the verdict */
  guardCheck: (body: CheckQuestion) => post<CheckAnswer>(`/guard/check`, body, "POST"),
  /** Requests to try, those of real thefts first */
  guardExamples: (signal?: AbortSignal) => get<GuardExample[]>(`/guard/examples`, {}, signal),
  /** Policies that a request can be judged by */
  guardPolicies: (signal?: AbortSignal) => get<GuardPolicy[]>(`/guard/policies`, {}, signal),
  /** The log of receipts, and whether its chain holds */
  guardReceipts: (query: GuardReceiptsQuery = {}, signal?: AbortSignal) => get<ReceiptsAnswer>(`/guard/receipts`, query, signal),
  /** A wallet's history up to its theft, judged row by row */
  guardReplay: (query: GuardReplayQuery = {}, signal?: AbortSignal) => get<ReplayAnswer>(`/guard/replay`, query, signal),
  /** An incident with its claims and their sources */
  incident: (id: string, query: IncidentQuery = {}, signal?: AbortSignal) => get<IncidentAnswer>(`/register/incidents/${encodeURIComponent(id)}`, query, signal),
  /** Incidents of the register */
  incidents: (query: IncidentsQuery = {}, signal?: AbortSignal) => get<IncidentsAnswer>(`/register/incidents`, query, signal),
  /** How a job stands */
  job: (job: string, signal?: AbortSignal) => get<Job>(`/jobs/${encodeURIComponent(job)}`, {}, signal),
  /** The progress of a job, as server-sent events: progress, then done, failed or cancelled, each with the job as JSON */
  jobEvents: (job: string): string => path(`/jobs/${encodeURIComponent(job)}/events`),
  /** The jobs that run and wait: what to cancel when too much waits */
  jobs: (signal?: AbortSignal) => get<Jobs>(`/jobs`, {}, signal),
  /** Make a case from files and a case file, or the same as JSON; faults stand beside their rows */
  makeCase: (form: FormData) => upload<CaseWhole>(`/cases`, form),
  /** Notes and pins of a reader on a trail or case */
  notes: (trail: string, signal?: AbortSignal) => get<Notes>(`/notes/${encodeURIComponent(trail)}`, {}, signal),
  /** Whose money is in each mixed account, under every rule of the courts; the records of trace owners --json */
  owners: (caseName: string, query: OwnersQuery = {}, signal?: AbortSignal) => get<OwnersAnswer>(`/cases/${encodeURIComponent(caseName)}/owners`, query, signal),
  /** The payments of bank messages: attempted, credited, returned; the records of trace payments --json */
  payments: (caseName: string, query: PaymentsQuery = {}, signal?: AbortSignal) => get<PaymentsAnswer>(`/cases/${encodeURIComponent(caseName)}/payments`, query, signal),
  /** The flow of a view in an asset, laid out: bars and ribbons with the heights of every policy */
  picture: (trail: string, query: PictureQuery = {}, signal?: AbortSignal) => get<LaidOut>(`/trails/${encodeURIComponent(trail)}/picture`, query, signal),
  /** A place, or a group: figures, movements, bounds with their cuts, the certificate in words */
  place: (trail: string, place: string, query: PlaceQuery = {}, signal?: AbortSignal) => get<PlaceWhole>(`/trails/${encodeURIComponent(trail)}/places/${encodeURIComponent(place)}`, query, signal),
  /** Where value ended: the place records of the command */
  places: (trail: string, query: PlacesQuery = {}, signal?: AbortSignal) => get<PagePlaceRow>(`/trails/${encodeURIComponent(trail)}/places`, query, signal),
  /** The first rows of a file, its columns, a guess how to read it, and faults beside the rows. The first MiB of a file is enough */
  previewCase: (form: FormData) => upload<Preview>(`/cases/preview`, form),
  /** Replace the notes; 412 when they changed since they were read */
  putNotes: (trail: string, body: NotesBody, headers: Record<string, string> = {}) => post<Notes>(`/notes/${encodeURIComponent(trail)}`, body, "PUT", headers),
  /** A source, and the claims that stand on it */
  source: (id: string, signal?: AbortSignal) => get<SourceAnswer>(`/register/sources/${encodeURIComponent(id)}`, {}, signal),
  /** The study under a policy */
  study: (query: StudyQuery = {}, signal?: AbortSignal) => get<StudyAnswer>(`/study`, query, signal),
  /** A picture of the study, SVG */
  studyFigure: (name: string, query: StudyFigureQuery = {}): string => path(`/study/figures/${encodeURIComponent(name)}`, query),
  /** What stands behind one number: its incidents, claims and sources */
  studyNumber: (id: string, query: StudyNumberQuery = {}, signal?: AbortSignal) => get<NumberAnswer>(`/study/numbers/${encodeURIComponent(id)}`, query, signal),
  /** A table of the study, CSV */
  studyTable: (name: string, query: StudyTableQuery = {}): string => path(`/study/tables/${encodeURIComponent(name)}`, query),
  /** Who is said to be behind an address: says who, and how sure */
  tags: (query: TagsQuery, signal?: AbortSignal) => get<TagsAnswer>(`/tags`, query, signal),
  /** The head of a trail: what it rests on, totals, findings; 202 while it is computed */
  trail: (trail: string, signal?: AbortSignal) => get<Trail>(`/trails/${encodeURIComponent(trail)}`, {}, signal),
};
