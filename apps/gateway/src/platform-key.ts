/** The platform key: seals what the gateway's database holds of secrets. */

/** The ring's file in the state directory. */
export const PLATFORM_KEY = 'platform.key';
/** Where its only key lay before there was a ring. */
export const FORMER_KEY = 'seal.key';
