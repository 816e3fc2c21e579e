// The import table: what each folder may import as values. Types may be imported from anywhere, except by turn/.

const ROOTS = '^(worker/|cli/(demo/)?main\\.ts$)';
const CONTRACT = '^contract/';
const PROVIDER_INTERFACES = '^providers/[^/]+\\.ts$';
/** The rooms of live/, from the top: each imports only from those below it. */
const LIVE_ROOMS = ['turns', 'thinking', 'calls', 'speech'];
/** What 'legato new' writes: an author's own code. */
const TEMPLATE = '^cli/new/template/';
const OUTSIDE = '^(test|bench|cluster|examples|web|scripts)/';

/** Our folders, each with what it may import values from besides itself. */
const FOLDERS = {
  contract: [],
  time: [],
  turn: [],
  // Tools are described to a model in JSON Schema; a voice of the author's own throws a provider's failure; rules are checked
  // when they are loaded; so are models of the AI SDK, and whether they take the agent's tools.
  agent: [CONTRACT, '^providers/(json-schema|failure|replies/check-rules|ai-sdk/(model-object|tool-fit))\\.ts$'],
  workflows: ['^turn/', '^contract/(messages|failures|markdown)\\.ts$'],
  activities: [CONTRACT, '^live/', '^service/refusal\\.ts$', '^time/', PROVIDER_INTERFACES],
  live: ['^turn/', CONTRACT, '^stream/', '^time/', PROVIDER_INTERFACES],
  providers: [CONTRACT, '^time/'],
  stream: [CONTRACT],
  // What the processes of an agent tell each other, by ports that are declared in stream/ and live/.
  peers: [CONTRACT, '^stream/', '^time/', '^live/turns/leases\\.ts$'],
  // What a process asks of Temporal, apart from workflows and their activities. What state a record of an earlier version
  // stands for, the rules know.
  record: [CONTRACT, '^turn/turn-record\\.ts$', '^time/'],
  conversations: [CONTRACT, '^record/', '^time/'],
  // Turns without a protocol: what the front ends in server/ call.
  service: [CONTRACT, '^live/', '^conversations/', '^record/', '^stream/', '^time/'],
  server: [CONTRACT, '^service/', '^record/temporal-fault\\.ts$', '^time/'],
  client: [CONTRACT],
  // How a turn went, as text for a terminal.
  timeline: [CONTRACT],
  // What authors test with. The durable player runs here too, with an engine in memory instead of Temporal.
  testing: [
    CONTRACT,
    '^agent/',
    '^live/',
    '^stream/',
    '^time/',
    '^timeline/',
    '^turn/',
    PROVIDER_INTERFACES,
    '^providers/replies/',
    '^providers/openai/(client|model)\\.ts$',
    '^providers/ai-sdk/(model|model-object)\\.ts$',
    '^workflows/(turn-player|home)\\.ts$',
    '^client/',
    '^dev-server/embedded-server\\.ts$',
    '^config\\.ts$',
  ],
  // A command starts a process that worker/ composes; the doctor loads the agent as it would.
  cli: [
    CONTRACT,
    '^client/',
    '^dev-server/',
    '^config\\.ts$',
    '^worker/(system|tools/tool-worker|provider-process|check-provider|missing-payload-keys|missing-servers|log/error-fields|watch/other-processes)\\.ts$',
    '^peers/(keys|redis/.+)\\.ts$',
    '^record/serving-processes\\.ts$',
    '^agent/load-(agent|replies)\\.ts$',
    '^server/http/(wav|start-front-end)\\.ts$',
    '^timeline/',
  ],
  'dev-server': ['^config\\.ts$', '^contract/messages\\.ts$', '^record/grpc-status\\.ts$'],
  // The topology of a deployment on one machine; it starts processes, and imports none of what runs in them.
  cluster: ['^dev-server/', '^config\\.ts$'],
  examples: ['^(agent|client|testing)/index\\.ts$'],
};

/** Packages, each with the folders that may import it. */
const PACKAGES = {
  '@temporalio/workflow': '^workflows/',
  '@temporalio/common': '^(workflows|dev-server|record|testing)/',
  '@temporalio/activity': '^activities/',
  '@temporalio/client': '^(record|cli|dev-server)/',
  '@temporalio/worker': '^dev-server/',
  '@temporalio/envconfig': '^(dev-server/|config\\.ts$)',
  '@redis/client': '^peers/redis/',
  express: '^server/',
  openai: '^providers/openai/',
  undici: '^providers/openai/',
  piscina: '^worker/',
  'prom-client': '^worker/',
  commander: '^cli/',
  'zod-openapi': '^server/',
  zod: '^(contract|agent|server|client)/|^config\\.ts$',
};

const isOwn = `^(${[...Object.keys(FOLDERS), 'worker', 'bench', 'test'].join('|')})/|^config\\.ts$`;
// Built-in modules are named without their prefix here, so that 'node:stream/consumers' looks like a file of stream/.
const VALUES = { dependencyTypesNot: ['type-only', 'core'] };

const folderRules = Object.entries(FOLDERS).map(([folder, allowed]) => ({
  name: `folder-${folder}`,
  comment: `${folder}/ imports values of our own only as the import table says.`,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: [ROOTS, TEMPLATE] },
  to: { path: isOwn, pathNot: [`^${folder}/`, ...allowed], ...VALUES },
}));

const packageRules = Object.entries(PACKAGES).map(([name, folders]) => ({
  name: `package-${name}`,
  comment: `Only ${folders} imports ${name}.`,
  severity: 'error',
  from: { pathNot: [folders, ROOTS, TEMPLATE, OUTSIDE, '^[^/]+\\.js$'] },
  to: { path: `node_modules/${name}/`, ...VALUES },
}));

const liveRoomRules = LIVE_ROOMS.slice(1).map((room, index) => ({
  name: `live-${room}`,
  comment: `live/${room}/ declares what it needs of the rooms above it, and imports nothing of them, not even types.`,
  severity: 'error',
  from: { path: `^live/${room}/` },
  to: { path: LIVE_ROOMS.slice(0, index + 1).map((above) => `^live/${above}/`) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...folderRules,
    ...packageRules,
    ...liveRoomRules,
    {
      name: 'live-has-rooms',
      comment: 'live/ holds rooms and nothing beside them; a new one gets its place in their order.',
      severity: 'error',
      from: {},
      to: { path: '^live/', pathNot: LIVE_ROOMS.map((room) => `^live/${room}/`) },
    },
    {
      name: 'record-asks-temporal',
      comment:
        'What is asked of Temporal is in record/, with types of its own: no client, and none of its types, beside it.',
      severity: 'error',
      from: { path: '^(live|stream|conversations|service|server)/' },
      to: { path: 'node_modules/@temporalio/' },
    },
    {
      name: 'turn-is-pure',
      comment: 'The rules import nothing, not even types, but types from contract/.',
      severity: 'error',
      from: { path: '^turn/' },
      to: { pathNot: ['^turn/', CONTRACT] },
    },
    {
      name: 'workflows-in-the-sandbox',
      comment: 'Workflow code is bundled for the sandbox: no Node built-ins, and no packages but two.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        dependencyTypes: ['core', 'npm'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@temporalio/(workflow|common)/',
      },
    },
    {
      name: 'client-runs-anywhere',
      comment: 'The client and what it reads are used in browsers and workers: no Node built-ins.',
      severity: 'error',
      from: { path: '^(client|contract)/', pathNot: '^contract/history\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'client-without-history',
      comment: 'contract/history.ts compresses with Node.',
      severity: 'error',
      from: { path: '^(client|contract)/' },
      to: { path: '^contract/history\\.ts$', ...VALUES },
    },
    {
      name: 'roots-are-on-top',
      comment: 'Composition roots wire things; nothing imports them but each other.',
      severity: 'error',
      from: { pathNot: [ROOTS, OUTSIDE, '^cli/'] },
      to: { path: ROOTS, ...VALUES },
    },
    {
      name: 'testing-is-for-authors',
      comment: 'legato/testing stands above all that it plays; nothing of ours but tests and examples imports it.',
      severity: 'error',
      from: { pathNot: ['^testing/', TEMPLATE, OUTSIDE] },
      to: { path: '^testing/' },
    },
    {
      name: 'not-to-tests',
      comment: 'What runs in production does not import tests, benchmarks, examples or the cluster.',
      severity: 'error',
      from: { pathNot: OUTSIDE },
      to: { path: OUTSIDE, dependencyTypesNot: ['core'] },
    },
    {
      name: 'not-to-scripted-provider',
      comment: 'The scripted server is not in the package; import it dynamically, by a path put together at run time.',
      severity: 'error',
      from: { pathNot: ['^providers/scripted/', OUTSIDE, '^cli/demo/'] },
      to: { path: '^providers/scripted/', ...VALUES },
    },
    {
      name: 'no-cycles',
      comment: 'Split what both need into a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-nameless-folders',
      comment: 'Such folders fill up with everything; name the thing or the decision.',
      severity: 'error',
      from: {},
      to: { path: '(^|/)(utils?|helpers?|lib|core|types|common|shared|misc)/', pathNot: 'node_modules' },
    },
    {
      name: 'no-unresolved',
      comment: 'Built-in modules that exist only with the prefix are unknown to the tool.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^node:(sqlite|test)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.legato|test/repo/fixtures|bench/field/contestants/livekit|test/openapi/npm)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['legato-source', 'import', 'node', 'default', 'types'],
    },
  },
};
