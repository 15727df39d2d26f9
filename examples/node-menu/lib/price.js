'use strict';

// Cents as people read them.
exports.format = (cents) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
