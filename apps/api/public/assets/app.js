/** The page itself: health, links, the token's command; in development the playground. */
const STATUS_EVERY_MS = 10_000;
const byId = (id) => document.getElementById(id);

async function showHealth() {
  const { ok } = await fetch('/health/ready').catch(() => ({ ok: false }));
  byId('status').dataset.state = ok ? 'good' : 'bad';
  byId('status-text').textContent = ok ? 'ready' : 'not ready';
}

function copyCommand() {
  const command = byId('command');
  const done = () => (byId('copied').textContent = 'Copied.');
  const select = () => {
    getSelection().selectAllChildren(command);
    byId('copied').textContent = 'Selected: copy it with Ctrl+C or ⌘C.';
  };
  // Browsers offer the clipboard on https and on this machine only.
  if (navigator.clipboard) navigator.clipboard.writeText(command.textContent).then(done, select);
  else select();
}

async function start() {
  void showHealth();
  setInterval(showHealth, STATUS_EVERY_MS);
  const environment = await (await fetch('/assets/environment.json')).json();
  if (environment.development) {
    byId('token-command').hidden = false;
    byId('copy').addEventListener('click', copyCommand);
    const { startPlayground } = await import('/assets/playground.js');
    startPlayground();
  }
}

start();
