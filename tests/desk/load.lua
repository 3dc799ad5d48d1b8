-- What wrk asks of the desk: KIND is work, suggest or batch; WORKS a file of works and titles, one a line.
local ids, titles, n = {}, {}, 0

local function encode(text)
  return (text:gsub('[^%w]', function(c) return string.format('%%%02X', c:byte()) end))
end

function init()
  for line in io.lines(os.getenv('WORKS')) do
    local id, title = line:match('^(.-)\t(.*)$')
    ids[#ids + 1], titles[#titles + 1] = encode(id), title
  end
end

local function quoted(text)
  return '{"text":"' .. text:gsub('[\\"]', '\\%0') .. '"}'
end

function request()
  n = n % #ids + 1
  local kind = os.getenv('KIND')
  if kind == 'work' then return wrk.format('GET', '/api/work?id=' .. ids[n]) end
  if kind == 'suggest' then
    return wrk.format('POST', '/v1/projects/rec/suggest', {['Content-Type'] = 'application/x-www-form-urlencoded'},
                      'text=' .. encode(titles[n]))
  end
  local documents = {}
  for k = 0, 31 do documents[k + 1] = quoted(titles[(n + k) % #ids + 1]) end
  return wrk.format('POST', '/v1/projects/rec/suggest-batch', {['Content-Type'] = 'application/json'},
                    '{"documents":[' .. table.concat(documents, ',') .. ']}')
end
