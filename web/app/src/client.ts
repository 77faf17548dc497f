// Written from api/openapi.json by COLDTRAIL_WRITE=1 go test ./api -run Clients; do not
// edit. The records of the API as types, and a function for each of its operations.
import { get, path, post, upload } from "./api.ts";

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

export type Asked = {
  /** what computes it, while it is not done */
  job?: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  /** the digest of the question with its data: the same question is the same trail */
  trail: string;
};

export type AssetRecord = {
  decimals: number;
  id: string;
  known: boolean;
  symbol?: string;
};

export type BoundRecord = {
  amounts?: Record<string, string>;
  asset: string;
  cut_lower: CutRecord[];
  cut_upper: CutRecord[];
  id: string;
  lower: string;
  of: string;
  places?: string[];
  record: string;
  upper: string;
  view: string;
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

export type CompletenessRecord = {
  external: string;
  internal: string;
  opening: string;
  tokens: string;
};

export type CutRecord = {
  account?: string;
  amount: string;
  kind: string;
  out?: number;
  time?: string;
  to?: string;
  transfer?: string;
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

export type FigureRecord = {
  amounts: Record<string, string>;
  lower: string;
  tight: boolean;
  upper: string;
  view: string;
};

export type FindingRecord = {
  got?: string;
  source?: string;
  status: string;
  text?: string;
  title: string;
  want?: string;
};

export type FlowRecord = {
  asset: string;
  fee: boolean;
  figures: FigureRecord[];
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

export type GraphEdges = {
  /** by policy, then by edge */
  amounts: string[][];
  /** number of a node */
  from: number[];
  /** movements */
  n: number[];
  /** number of a node */
  to: number[];
};

export type GraphNodes = {
  /** numbers of the nodes that look like another */
  alike: number[];
  /** by policy, then by node */
  amounts: string[][];
  /** least number of movements from a theft */
  hop: number[];
  /** as in the flow picture */
  id: string[];
  kind: string[];
  label: string[];
  /** id of the place, or empty */
  place: string[];
  x: number[];
  y: number[];
};

export type HeaderRecord = {
  boundary_digest?: string;
  completeness: CompletenessRecord;
  fee_fate?: string;
  fee_rule?: string;
  ignore_fees: boolean;
  inputs: InputRecord[];
  ledgers: LedgerRecord[];
  policies: PolicyRecord[];
  question?: string;
  read: number;
  record: string;
  schema: string;
  speculative: boolean;
  through?: string[];
  ties: number;
  title?: string;
  tool?: string;
  transfers: number;
  until?: string;
  views: ViewRecord[];
};

export type InputRecord = {
  name: string;
  sha256?: string;
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

export type LaidOut = {
  asset: PictureAsset;
  bounded: boolean;
  /** left to right */
  columns: PictureColumn[];
  /** by policy: false where amounts say how far stolen units can reach, and do not add up */
  conserves: boolean[];
  /** by policy: what was stolen and converted into the asset, in atomic units; for policies that conserve, the nodes with an end kind and hidden add up to it */
  entered: string[];
  folds: PictureFold[];
  /** first movement of the view and asset, whatever the filters */
  from?: string;
  /** thousandths of a pixel */
  height: number;
  hidden: PictureHidden;
  links: PictureLink[];
  /** the largest upper bound or amount of a place that is shown, for a common scale of bounds */
  most: string;
  nodes: PictureNode[];
  /** lists by policy follow this one */
  policies: string[];
  /** x where the last column ends; right of it is room for names and bounds */
  right: number;
  /** by policy: the amount that a height of 100000 (100 px) stands for */
  scale: string[];
  /** last movement of the view and asset, whatever the filters */
  until?: string;
  /** the theft, or "any" for the union */
  view: string;
  why?: string;
  /** thousandths of a pixel */
  width: number;
  within: PictureWithin;
};

export type LaidOutGraph = {
  asset: PictureAsset;
  conserves: boolean[];
  edges: GraphEdges;
  /** thousandths of a pixel */
  height: number;
  hidden: PictureHidden;
  nodes: GraphNodes;
  policies: string[];
  view: string;
  /** thousandths of a pixel */
  width: number;
};

export type LedgerRecord = {
  assets: AssetRecord[];
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
  /** 0: there are none yet */
  version: number;
};

export type NotesBody = {
  notes: Note[];
};

export type PageBoundRecord = {
  /** cursor of what follows; empty at the end */
  next: string;
  records: BoundRecord[];
  /** records in the whole list */
  total: number;
};

export type PageCase = {
  /** cursor of what follows; empty at the end */
  next: string;
  records: Case[];
  /** records in the whole list */
  total: number;
};

export type PageFlowRecord = {
  /** cursor of what follows; empty at the end */
  next: string;
  records: FlowRecord[];
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

export type PartyRecord = {
  account?: string;
  bic?: string;
  name?: string;
};

export type PaymentAlterRecord = {
  amount: string;
  creditor: PartyRecord;
  currency: string;
  evidence: string;
};

export type PaymentRecord = {
  altered?: PaymentAlterRecord[];
  amount: string;
  creditor: PartyRecord;
  currency: string;
  date?: string;
  debtor: PartyRecord;
  evidence: string;
  id: string;
  moved: boolean;
  record: string;
  returned?: string;
  shown: boolean;
  states: PaymentStateRecord[];
};

export type PaymentStateRecord = {
  evidence: string;
  reason?: string;
  state: string;
  time?: string;
  type: string;
};

export type Payments = {
  records: PaymentRecord[];
  /** as the command prints them */
  text: string;
};

export type PictureAsset = {
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

export type PictureColumn = {
  /** first movement into it */
  first?: string;
  /** last movement into it */
  last?: string;
  /** bars that stand in it */
  nodes: number;
  x: number;
};

export type PictureFold = {
  /** by policy: what ended in them */
  amounts: string[];
  /** accounts and places in them */
  n: number;
  /** folded bars */
  nodes: number;
  why: "peel" | "service" | "dust" | "others";
};

export type PictureFolded = {
  /** accounts or places in it */
  n: number;
  /** peel: a chain that passes nearly all on; service: exits of one entity; dust: below the dust share; others: beyond the limit */
  why: "peel" | "service" | "dust" | "others";
};

export type PictureHidden = {
  /** by policy: what ended in the places that are not shown */
  amounts: string[];
  /** movements that are not shown */
  flows: number;
  /** accounts that are not shown */
  nodes: number;
  /** places that are not shown */
  places: number;
};

export type PictureLink = {
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

export type PictureNode = {
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
  /** least number of movements from a theft */
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

export type PictureWithin = {
  /** by policy: their sum; value that moved twice counts twice */
  amounts: string[];
  flows: number;
};

export type PlaceRow = {
  accounts: string[];
  asset: string;
  boundary?: BoundaryRecord;
  figures: FigureRecord[];
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
  tags?: TagRecord[];
  value: string;
};

export type PlaceWhole = {
  /** how many there are: GET .../flows?place=ID has the rest */
  all_flows: number;
  /** exact bounds of the places or the group, with their cuts */
  bounds: BoundRecord[];
  /** movements that end there, in order, the first 200 */
  flows: FlowRecord[];
  places: PlaceRow[];
  /** the hops behind the figures, and the certificate in words, as the command prints them */
  words: string;
};

export type PolicyRecord = {
  conserves: boolean;
  name: string;
  on: string;
  rule: string;
  source: string;
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
  /** NAME=TRANSFER or NAME=TX:VOUT: what it credited is stolen (of the store, without a case) */
  thefts?: string[];
  /** accounts to go on through although they are boundaries (stamped speculative) */
  through?: string[];
  /** leave out transfers at or after this time, UTC */
  until?: string;
};

export type RecordCounts = {
  bound: number;
  flow: number;
  place: number;
  seed: number;
  warning: number;
};

export type ScopeRecord = {
  asset: AssetRecord;
  bounded: boolean;
  model: string;
  policies: string[];
  seeded: string;
  view: string;
  why?: string;
};

export type SeedRecord = {
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

export type SummaryRecord = {
  findings?: FindingRecord[];
  record: string;
  records: RecordCounts;
  totals: TotalRecord[];
};

export type TagRecord = {
  account: string;
  concepts?: string[];
  confidence: string;
  entity?: string;
  label: string;
  source: string;
};

export type TotalRecord = {
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
  scopes?: ScopeRecord[];
  seeds?: SeedRecord[];
  /** records of the data that were left out */
  skipped: number;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  /** totals by view, asset and policy; counts; findings */
  summary?: SummaryRecord;
  /** the digest of the question with its data: the same question is the same trail */
  trail: string;
  warnings?: WarningRecord[];
};

export type ViewRecord = {
  continues?: string;
  name: string;
};

export type WarningRecord = {
  account?: string;
  amount?: string;
  asset?: string;
  code: string;
  ledger?: string;
  record: string;
  text: string;
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
  /** leave out what lies more movements from the theft; 0: no limit */
  hops?: number | undefined;
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
  /** leave out what lies more movements from the theft; 0: no limit */
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

// The operations, by their names in the description.
export const api = {
  /** Which program answers, from what data */
  about: (signal?: AbortSignal) => get<About>(`/about`, {}, signal),
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
  cases: (query: CasesQuery = {}, signal?: AbortSignal) => get<PageCase>(`/cases`, query, signal),
  /** Delete a case that was made here */
  deleteCase: (caseName: string): string => path(`/cases/${encodeURIComponent(caseName)}`),
  /** Take all notes away; 412 when they changed since they were read */
  deleteNotes: (trail: string, headers: Record<string, string> = {}) => post<Notes>(`/notes/${encodeURIComponent(trail)}`, undefined, "DELETE", headers),
  /** A trail as a file: the bytes of coldtrail trace --format */
  export: (trail: string, query: ExportQuery = {}): string => path(`/trails/${encodeURIComponent(trail)}/export`, query),
  /** The movements, in order: the flow records of the command */
  flows: (trail: string, query: FlowsQuery = {}, signal?: AbortSignal) => get<PageFlowRecord>(`/trails/${encodeURIComponent(trail)}/flows`, query, signal),
  /** Every account and place of a view in an asset, laid out, by columns of values */
  graph: (trail: string, query: GraphQuery = {}, signal?: AbortSignal) => get<LaidOutGraph>(`/trails/${encodeURIComponent(trail)}/graph`, query, signal),
  /** How a job stands */
  job: (job: string, signal?: AbortSignal) => get<Job>(`/jobs/${encodeURIComponent(job)}`, {}, signal),
  /** The progress of a job, as server-sent events: progress, then done, failed or cancelled, each with the job as JSON */
  jobEvents: (job: string): string => path(`/jobs/${encodeURIComponent(job)}/events`),
  /** Make a case from files and a case file, or the same as JSON; faults stand beside their rows */
  makeCase: (form: FormData) => upload<CaseWhole>(`/cases`, form),
  /** Notes and pins of a reader on a trail or case */
  notes: (trail: string, signal?: AbortSignal) => get<Notes>(`/notes/${encodeURIComponent(trail)}`, {}, signal),
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
  /** The head of a trail: what it rests on, totals, findings; 202 while it is computed */
  trail: (trail: string, signal?: AbortSignal) => get<Trail>(`/trails/${encodeURIComponent(trail)}`, {}, signal),
};
