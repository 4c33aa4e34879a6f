// The start of the console.
import { token } from './session.js';
document.getElementById('page').textContent = token() ? 'KVS' : 'Sign in';
