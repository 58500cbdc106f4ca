"""What must happen in one step: scripts, which Redis runs without anything in between.

An entry's number is how many were added to its stream before it: `entries-added` of XINFO STREAM
(https://redis.io/docs/latest/commands/xinfo-stream/, since Redis 7.0), which deleting and trimming
leave alone.
"""

from __future__ import annotations

_NEW_ENOUGH = """
if not redis.REDIS_VERSION_NUM then
  return redis.error_reply('ERR it is older than Redis 7.0, which counts what is added to a stream')
end
"""
"""What Redis tells its scripts since 7.0, too."""

_ABOUT = """
local function about(stream)
  local told, found = redis.call('XINFO', 'STREAM', stream), {}
  for at = 1, #told, 2 do found[told[at]] = told[at + 1] end
  return found
end
"""

CREATE = (
    _NEW_ENOUGH
    + """
for _, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 1 then return key end
end
for _, key in ipairs(KEYS) do
  redis.call('XGROUP', 'CREATE', key, 'evtbdd', '$', 'MKSTREAM')
  redis.call('XGROUP', 'DESTROY', key, 'evtbdd')
end
"""
)
"""Make empty streams, or none: then it returns the key that is there already."""

DELETE = """
for _, key in ipairs(KEYS) do
  if redis.call('TYPE', key).ok == 'stream' then redis.call('UNLINK', key) end
end
"""
"""Delete those keys that are streams."""

LOOK = (
    _NEW_ENOUGH
    + _ABOUT
    + """
local ends = {}
for index, key in ipairs(KEYS) do
  ends[index] = false
  if redis.call('TYPE', key).ok == 'stream' then
    local found = about(key)
    ends[index] = {found['entries-added'], found['last-generated-id']}
  end
end
return ends
"""
)
"""For each key the number that its next entry will get and the id of its last; nil for no stream."""

PUBLISH = (
    _NEW_ENOUGH
    + _ABOUT
    + """
if not redis.call('XADD', KEYS[1], 'NOMKSTREAM', '*', unpack(ARGV)) then return false end
return about(KEYS[1])['entries-added'] - 1
"""
)
"""Add an entry to a stream that is there, and return its number; nil where there is none."""
