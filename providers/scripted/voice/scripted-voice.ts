/** Says things offline: signed 16 bit little endian samples, 24 kHz, mono. */
export interface ScriptedVoice {
  synthesise(text: string, voice: string): Promise<Uint8Array>;
  stop(): Promise<void>;
}
