/** Light or dark as the system says, until the button is pressed. */
export const theme = /* js */ `
(() => {
  const root = document.documentElement, button = byId('theme'), system = matchMedia('(prefers-color-scheme: dark)');
  let chosen;
  const apply = () => {
    const dark = chosen === undefined ? system.matches : chosen;
    root.dataset.theme = dark ? 'dark' : 'light';
    button.textContent = dark ? 'Light' : 'Dark';
    button.setAttribute('aria-label', dark ? 'Switch to the light theme' : 'Switch to the dark theme');
    waterfallOf.draw();
  };
  button.onclick = () => { chosen = root.dataset.theme !== 'dark'; apply(); };
  system.addEventListener('change', apply);
  apply();
})();
`;
