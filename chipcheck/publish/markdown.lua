-- Reads a JSON list of {text, chapter} from standard input, converts each piece of Markdown by itself to the format
-- named on the command line (html or typst), in the language named after it, and writes a JSON list of {text, faults}, both lists. A text may be a list
-- of lines, such as the cells of a table: inline Markdown, each converted by itself.
-- Run as: pandoc lua markdown.lua html en FIRST LAST ... < pieces.json, with the code points that count as Chinese

-- What the dialect adds to CommonMark, each with the sign that no use of it can lack: asked for only where the
-- sign is, as each costs as much time as a short text.
local EXTENSIONS = {
  { 'pipe_tables', '|' }, { 'tex_math_dollars', '%$' }, { 'fenced_divs', ':::' }, { 'attributes', '{' },
  { 'bracketed_spans', '{' },
}

local function reader_for(text)
  local reader = 'commonmark'
  for _, extension in ipairs(EXTENSIONS) do
    if text:find(extension[2]) then
      reader = reader .. '+' .. extension[1]
    end
  end
  return reader
end

local target, language = arg[1], arg[2]
-- Without `smart`, quotes and hyphens come out as they were typed.
local writer = target == 'typst' and 'typst-smart' or 'html-smart'
local options = pandoc.WriterOptions { wrap_text = 'none', columns = 9999, html_math_method = 'mathml' }

local used_ids = {} -- heading ids so far, by chapter: what one chapter becomes depends on no other
local faults -- of the piece at hand

local function fault(message)
  faults[#faults + 1] = message
end

local function typst(code)
  return pandoc.RawInline('typst', code)
end

-- A Typst string literal.
local function quote(text)
  return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"'):gsub('\n', ' ') .. '"'
end

local function shorten(text)
  text = text:gsub('%s+', ' ')
  return #text > 60 and text:sub(1, (utf8.offset(text, 40) or 61) - 1) .. '…' or text
end

-- ---------------------------------------------------------------- Chinese

local function is_chinese(code)
  for index = 3, #arg, 2 do
    if code >= tonumber(arg[index]) and code <= tonumber(arg[index + 1]) then return true end
  end
  return false
end

-- Split text into runs {text=, chinese=}.
local function runs(text)
  local found, start, current = {}, 1, nil
  for position, code in utf8.codes(text) do
    local chinese = is_chinese(code)
    if current ~= nil and chinese ~= current then
      found[#found + 1] = { text = text:sub(start, position - 1), chinese = current }
      start = position
    end
    current = chinese
  end
  found[#found + 1] = { text = text:sub(start), chinese = current }
  return found
end

local function mark_chinese(text)
  local marked = pandoc.Inlines {}
  for _, run in ipairs(runs(text)) do
    local str = pandoc.Str(run.text)
    marked:insert(run.chinese and language ~= 'zh' and pandoc.Span({ str }, pandoc.Attr('', {}, { lang = 'zh' })) or str)
  end
  return marked
end

-- A hyphen right before a number that stands alone is a minus.
local function with_minus(text)
  return (text:gsub('^%-(%.?%d)', '−%1'):gsub('^%(%-(%.?%d)', '(−%1'))
end

-- ---------------------------------------------------------------- the filters, in the order they run

-- What would be lost or guessed at.
local check = {
  RawInline = function(raw) fault('raw HTML is not allowed: ' .. shorten(raw.text)) end,
  RawBlock = function(raw) fault('raw HTML is not allowed: ' .. shorten(raw.text)) end,
  Image = function(image)
    fault('a picture in Markdown is not allowed (draw it in a code cell): ' .. image.src)
  end,
  CodeBlock = function(block)
    if block.classes[1] and block.classes[1]:match '^{=' then
      fault('a raw block is not allowed: ' .. block.classes[1])
    end
    block.classes = {} -- or pandoc marks its parts, and gives its lines ids that repeat from piece to piece
    return block
  end,
  Para = function(para)
    if para.content[1] and para.content[1].t == 'Str' and para.content[1].text:match '^|' then
      fault('looks like a table but is none: ' .. shorten(pandoc.utils.stringify(para)))
    end
  end,
  Link = function(link)
    local label = pandoc.utils.stringify(link)
    if label:match '^%^' then
      fault('footnotes are not supported: [' .. label .. ']')
    elseif label == '' then
      fault('a link has no text: ' .. link.target)
    elseif not (link.target:find '^#.' or link.target:find '^https?://' or link.target:find '^mailto:') then
      local where_to = 'a link must lead to a place in the report (#...) or to a web address'
      fault(where_to .. ', not to "' .. link.target .. '"')
    end
  end,
  Table = function() fault 'a table in Markdown has no layout: show it with tables.show' end,
}

-- Heading ids, unique within a chapter, whose id they begin with.
local chapter -- of the piece at hand

local function identify(header)
  if header.identifier == '' then
    -- What a translated heading says in English: both editions have the same anchors
    local text = header.attributes.says or pandoc.utils.stringify(header):lower()
    local slug = text:gsub('[^%w]+', '-'):gsub('^%-+', ''):gsub('%-+$', '')
    header.identifier = header.level == 1 and 'chapter-' .. chapter
      or chapter .. '-' .. (slug == '' and 'section' or slug)
  end
  header.attributes.says = nil
  local base, number, used = header.identifier, 1, used_ids[chapter] or {}
  used_ids[chapter] = used
  while used[header.identifier] do
    number = number + 1
    header.identifier = base .. '-' .. number
  end
  used[header.identifier] = true
  return header
end

-- On the page, whose title is the only heading of the first level, each leads to itself; a link in a link is no HTML.
local function identify_on_page(header)
  identify(header)
  header.level = header.level + 1
  local linked = false
  header:walk { Link = function() linked = true end }
  if not linked then
    header.content = { pandoc.Link(header.content, '#' .. header.identifier, '', pandoc.Attr('', { 'self' })) }
  end
  return header
end

-- A line may end after a dash, but not within a range of numbers.
local function has_range(text)
  return text:find '%d%%?–[−%d]'
end

local function mark_word(str)
  -- Most words hold nothing to mark. In UTF-8, a dash or a Chinese character starts with byte E2 or higher.
  if str.text:find '^%(?%-' or str.text:find '[\xE2-\xF4]' then
    local marked = mark_chinese(with_minus(str.text))
    return has_range(str.text) and pandoc.Span(marked, pandoc.Attr('', { 'one' })) or marked
  end
end

-- One walk does all that both targets need: each walk carries the whole piece from pandoc to Lua and back. For Typst,
-- words are marked when they are escaped.
check.Header = target == 'html' and identify_on_page or identify
check.Str = target == 'html' and mark_word or nil

local typst_only = {
  -- Pandoc leaves Typst's own shorthands (--, ..., -5) in force; with each sign escaped, a word stays as is.
  Str = function(str)
    local text = str.text
    if not text:find '[%p\x80-\xFF]' then
      return nil
    end
    local code = {}
    for index, run in ipairs(runs(with_minus(text))) do
      local escaped = run.text:gsub('%p', '\\%0')
      if run.chinese and language ~= 'zh' then
        escaped = '#text(lang: "zh", region: "cn")[' .. escaped .. ']'
      elseif has_range(run.text) then
        escaped = '#box[' .. escaped .. ']'
      end
      code[index] = escaped
    end
    return typst(table.concat(code))
  end,
  -- PDF/UA wants a text alternative for every formula: its TeX source.
  Math = function(math)
    local formula = pandoc.write(pandoc.Pandoc { pandoc.Plain { math } }, writer, options)
    local block = math.mathtype == 'DisplayMath' and 'true' or 'false'
    local alt = quote((math.text:gsub('^%s+', ''):gsub('%s+$', '')))
    formula = formula:gsub('%s+$', '')
    return typst('#math.equation(alt: ' .. alt .. ', block: ' .. block .. ', ' .. formula .. ')')
  end,
  Link = function(link)
    local id = link.target:match '^#(.+)'
    if not id then
      return nil
    end
    local source = id:match '^source%-(.+)'
    local call = source and '#cite-source(' .. quote(source) or '#see(' .. quote(id)
    local inlines = pandoc.Inlines { typst(call .. ')[') }
    inlines:extend(link.content)
    inlines:insert(typst ']')
    return inlines
  end,
  Span = function(span)
    if span.identifier == '' then
      if not span.attributes.lang then return nil end
      local inlines = pandoc.Inlines { typst('#text(lang: ' .. quote(span.attributes.lang) .. ')[') }
      inlines:extend(span.content)
      inlines:insert(typst ']')
      return inlines
    end
    local inlines = pandoc.Inlines { typst('#anchor(' .. quote(span.identifier) .. ')[') }
    inlines:extend(span.content)
    inlines:insert(typst ']')
    return inlines
  end,
}

-- Stands before each line, so that one that begins like a list or a heading is none.
local OPENER = '\u{E000}'

-- The lines of a piece as paragraphs of one document, which cost a tenth of as many documents.
local function read_lines(lines)
  local text = ''
  for _, line in ipairs(lines) do
    text = text .. OPENER .. ' ' .. line .. '\n\n'
  end
  local blocks = pandoc.read(text, reader_for(text)).blocks
  if #blocks ~= #lines then
    fault 'a caption or a cell of a table holds an empty line'
    return pandoc.Blocks {}
  end
  return pandoc.Blocks(blocks:map(function(block)
    local inlines = block.content
    inlines:remove(1)
    inlines:remove(1)
    return pandoc.Plain(inlines)
  end))
end

-- Return a list of what is to be written: the blocks of the piece, or of each of its lines.
local function prepare(piece)
  chapter = piece.chapter
  local by_line = type(piece.text) == 'table'
  local blocks = by_line and read_lines(piece.text) or pandoc.read(piece.text, reader_for(piece.text)).blocks
  blocks = blocks:walk(check)
  if target == 'typst' then
    blocks = blocks:walk(typst_only)
  end
  return by_line and blocks:map(function(block) return pandoc.Blocks { block } end) or pandoc.List { blocks }
end

-- Run a step; return its result, nil if it failed. What it complains about is a fault.
local function watched(step, argument)
  local done, result
  local log = pandoc.log.silence(function() done, result = pcall(step, argument) end)
  for _, message in ipairs(log) do
    -- The message has no fields of its own; only its JSON tells.
    local entry = pandoc.json.decode(pandoc.json.encode(message), false)
    if entry.verbosity == 'WARNING' or entry.verbosity == 'ERROR' then
      fault(entry.pretty:match '^[^\n]*')
    end
  end
  if not done then
    fault('pandoc cannot convert it: ' .. tostring(result))
  end
  return done and result or nil
end

local function write(blocks)
  return pandoc.write(pandoc.Pandoc(blocks), writer, options)
end

-- A writer takes its time to start, so that all pieces are written at once, with a mark after each.
local MARK = 'end-of-the-piece-b7e151628aed'

local function write_all(parts)
  local together = pandoc.Blocks {}
  for _, blocks in ipairs(parts) do
    together:extend(blocks)
    together:insert(pandoc.RawBlock(target, MARK))
  end
  local texts, start, text = {}, 1, write(together)
  for from, to in function() return text:find(MARK, start, true) end do
    texts[#texts + 1] = text:sub(start, from - 1)
    start = to + 1
  end
  return texts
end

local parts, piece_of, results = pandoc.List {}, {}, pandoc.List {}
for _, piece in ipairs(pandoc.json.decode(io.read 'a', false)) do
  local result = { text = pandoc.List {}, faults = pandoc.List {} }
  faults = result.faults
  results:insert(result)
  for _, part in ipairs(watched(prepare, piece) or {}) do
    parts:insert(part)
    piece_of[#parts] = result
  end
end
faults = pandoc.List {}
local texts = watched(write_all, parts)
if #faults > 0 or #texts ~= #parts then
  -- One by one, to tell which piece is at fault.
  for index, blocks in ipairs(parts) do
    faults = piece_of[index].faults
    texts[index] = watched(write, blocks) or ''
  end
end
for index, text in ipairs(texts) do
  piece_of[index].text:insert(text)
end
io.write(pandoc.json.encode(results))
