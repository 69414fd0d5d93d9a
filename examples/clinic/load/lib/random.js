// Numbers that look random and depend on nothing but their arguments: the finaliser of MurmurHash3
// (A. Appleby, public domain), applied to each in turn.
import { seed } from './settings.js';

export function below(limit, ...keys) {
  let hash = seed | 0;
  for (const key of keys) {
    hash ^= key;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return (hash >>> 0) % limit;
}

export function one(list, ...keys) {
  return list[below(list.length, ...keys)];
}
