// The text that nobody has saved yet: the page asks before it is lost.
import { choose } from './ask.js';

let isUnsaved = () => false;

// Names the check of the editor that is shown; without one, nothing can be lost.
export const watchUnsaved = (check = () => false) => {
  isUnsaved = check;
};

// Whether the page may be left: there is nothing to lose, or the person says so.
export async function mayLeave() {
  if (!isUnsaved()) {
    return true;
  }
  const leave = await choose('Leave without saving? Your text is lost then.', 'Leave', 'Stay');
  if (leave) {
    watchUnsaved();
  }
  return leave;
}

window.addEventListener('beforeunload', (event) => {
  if (isUnsaved()) {
    event.preventDefault();
  }
});
