import { firefox } from 'playwright-core';

/** Debian's Firefox ESR, or the one at FIREFOX. */
export const firefoxPath = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

/**
 * Firefox, driven by WebDriver BiDi, which any Firefox speaks: hence the channel.
 *
 * For each context, playwright-core sets the theme by a command that Firefox ESR does not know yet; it gets an empty
 * answer here, and Firefox has the theme of its preferences.
 */
export async function launchFirefox() {
  const firefoxUserPrefs = { 'dom.max_script_run_time': 0 }; // A busy machine is not a script that hangs.
  const browser = await firefox.launch({ channel: 'moz-firefox', executablePath: firefoxPath, firefoxUserPrefs });
  const session = browser._connection.toImpl(browser)._browserSession;
  const send = session.send.bind(session);
  session.send = async (method, ...rest) =>
    method === 'emulation.setMediaFeaturesOverride' ? {} : send(method, ...rest);
  return browser;
}
