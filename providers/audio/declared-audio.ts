import { formatFault, type SampleFormat, SPEECH_FORMAT } from './sample-format.ts';
import { otherFormat } from './unplayable-audio.ts';

/** What the content type says of bytes that have no header of their own. */
export interface DeclaredAudio {
  readonly samples: SampleFormat;
  /** They are said to be text: only a header proves the opposite. */
  readonly isText: boolean;
  /** A format that no header shows, by the name of its type. */
  readonly unmarked?: string;
}

const TEXT = /^text\/|[/+](?:json|xml|html)$/;
/** Speech codecs whose streams begin with anything. */
const UNMARKED = /^audio\/(?:basic|pcm[ua]|(?:x-)?(?:mu|u|a)-?law(?:-basic)?|g7\d\d.*|amr.*|speex|gsm|sbc)$/;
/** `audio/L16` and its like: https://www.rfc-editor.org/rfc/rfc3551. */
const LINEAR = /^audio\/l(8|16|20|24)$/;
const FLOAT = /float|f32/;

/**
 * Most servers that stream PCM do not declare it, or declare MP3: what is not declared is as it was asked for. Big-endian
 * samples are such only where they are said to be, since the servers that say `audio/L16` send little-endian ones.
 */
export function declaredAudio(contentType: string): DeclaredAudio {
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(/[;,]/)
    .map((part) => part.trim());
  const said = new Map(parameters.map(toParameter));
  const number = (...names: readonly string[]): number | undefined => {
    const value = names.map((name) => said.get(name)).find((given) => given !== undefined);
    return value === undefined ? undefined : Number(value);
  };
  const isFloat = FLOAT.test(['encoding', 'codec', 'format'].map((name) => said.get(name) ?? '').join(' '));
  const bits = isFloat ? 32 : Number(LINEAR.exec(type)?.[1] ?? number('bits', 'bit-depth', 'bitdepth'));
  const samples: SampleFormat = {
    encoding: isFloat ? 'float' : 'integer',
    bits: Number.isNaN(bits) ? SPEECH_FORMAT.bits : bits,
    rateHz: number('rate', 'samplerate', 'sample-rate', 'sample_rate') ?? SPEECH_FORMAT.rateHz,
    channels: number('channels', 'channel') ?? SPEECH_FORMAT.channels,
    isBigEndian: /big/.test(said.get('endianness') ?? said.get('endian') ?? ''),
  };
  return { samples, isText: TEXT.test(type), ...(UNMARKED.test(type) && { unmarked: type }) };
}

/** Throws UnplayableAudio where bytes without a header cannot be read as samples. */
export function samplesOf({ samples, unmarked }: DeclaredAudio): SampleFormat {
  if (unmarked !== undefined) throw otherFormat(`'${unmarked}'`);
  const fault = formatFault(samples);
  if (fault !== undefined) throw otherFormat(`PCM with ${fault}`);
  return samples;
}

function toParameter(parameter: string): readonly [string, string] {
  const [name = '', value = ''] = parameter.split('=').map((part) => part.trim());
  return [name, value.replaceAll('"', '')];
}
