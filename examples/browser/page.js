import { Speech } from './speech.js';

const REPORT_EVERY_MS = 250;

const [transcript, form, controls, stop, problem] = ['transcript', 'say', 'controls', 'stop', 'problem'].map((id) =>
  document.getElementById(id),
);
const show = (error) => (problem.textContent = error.message);

const session = await fetch('session', { method: 'POST' });
const { legatoUrl, conversation, token, detail } = await session.json();
if (!session.ok) show(new Error(`Legato gave no conversation: ${detail}`));
const context = new AudioContext({ sampleRate: 24_000 });
/** The one that is open: its speeches by id, and the one that plays. */
let turn;

async function post(path, body) {
  const response = await fetch(`${legatoUrl}/v1/${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer;
}

function addLine(who) {
  const line = document.createElement('li');
  line.dataset.who = who;
  transcript.append(line);
  return line;
}

/** What changes with an event of a speech. */
const changes = {
  'speech.started': (opened, { speech: id }) => {
    opened.playing = { id, played: new Speech(context), line: addLine('Agent') };
    opened.speeches.set(id, opened.playing);
  },
  'speech.sentence': (opened, { speech, text }) => opened.speeches.get(speech).line.append(`${text} `),
  'speech.audio': (opened, { speech, pcm }) => opened.speeches.get(speech).played.add(pcm),
  'speech.finished': (opened) => (opened.playing = undefined),
  'speech.cut': (opened, { speech, heardText }) => {
    const { played, line } = opened.speeches.get(speech);
    played.stop();
    line.textContent = `${heardText} …`;
    opened.playing = undefined;
  },
  'turn.finished': (opened) => end(opened),
};

function follow(id) {
  const events = new EventSource(`${legatoUrl}/v1/turns/${id}/events?audio=1&access_token=${token}`);
  const opened = { id, events, speeches: new Map(), reporting: setInterval(() => report(opened), REPORT_EVERY_MS) };
  for (const [type, change] of Object.entries(changes)) {
    events.addEventListener(type, ({ data }) => change(opened, JSON.parse(data)));
  }
  turn = opened;
  stop.disabled = false;
}

function end(ended) {
  ended.events.close();
  clearInterval(ended.reporting);
  if (turn !== ended) return;
  turn = undefined;
  stop.disabled = true;
}

/** The server counts as heard what is reported here. */
function report(opened) {
  const { id, playing } = opened;
  if (!playing) return;
  const body = { speech: playing.id, positionMs: playing.played.heardMs, state: 'playing' };
  post(`turns/${id}/playout`, body).catch((error) => opened.playing && show(error));
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = form.elements.words.value;
  form.reset();
  problem.textContent = '';
  try {
    await context.resume();
    await interrupt();
    addLine('Caller').textContent = text;
    follow((await post(`conversations/${conversation}/turns`, { input: { text }, playout: 'client' })).id);
  } catch (error) {
    show(error);
  }
});

async function interrupt() {
  if (!turn) return;
  const { id, playing } = turn;
  const body = playing ? { speech: playing.id, heardMs: playing.played.heardMs } : {};
  turn.playing = undefined;
  playing?.played.stop();
  await post(`turns/${id}/interrupt`, body);
}

stop.addEventListener('click', () => interrupt().catch(show));
controls.disabled = false;
