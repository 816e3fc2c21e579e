/** Input samples on either side that go into one output sample. */
const REACH = 16;

/** Band-limited upsampling by a windowed sinc: each output sample is weighed from the 32 input samples around its instant. */
export function resample(input: Int16Array, fromHz: number, toHz: number): Int16Array {
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const step = fromHz / divisor;
  const phases = toHz / divisor;
  const kernels = Array.from({ length: phases }, (_, phase) => kernel(phase / phases));
  const output = new Int16Array(Math.floor((input.length * phases) / step));
  for (let index = 0; index < output.length; index += 1) {
    const position = index * step;
    const weights = kernels[position % phases] ?? new Float64Array();
    output[index] = weigh(input, Math.floor(position / phases), weights);
  }
  return output;
}

function weigh(input: Int16Array, at: number, weights: Float64Array): number {
  let sum = 0;
  for (let tap = 0; tap < weights.length; tap += 1) {
    sum += (input[at + tap - REACH + 1] ?? 0) * (weights[tap] ?? 0);
  }
  return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
}

/** Weights for an instant that lies `fraction` of a sample behind an input sample; their sum is 1. */
function kernel(fraction: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * REACH }, (_, tap) => {
    const distance = tap - REACH + 1 - fraction;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / REACH);
    return distance === 0 ? 1 : (window * Math.sin(Math.PI * distance)) / (Math.PI * distance);
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
