-- Reads a JSON list of {text, chapter, where} from standard input, converts each piece of Markdown by itself
-- to the format named on the command line (html or typst) and writes JSON: {pieces = list of {text, faults}, ids = the
-- heading ids given}.
-- Run as: pandoc lua markdown.lua html < pieces.json

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

local target = arg[1]
-- Without `smart`, quotes and hyphens come out as they were typed.
local writer = target == 'typst' and 'typst-smart' or 'html-smart'
local options = pandoc.WriterOptions { wrap_text = 'none', columns = 9999, html_math_method = 'mathml' }

local used_ids = {} -- heading ids so far, over all pieces
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
  return (code >= 0x2E80 and code <= 0x30FF) or (code >= 0x3400 and code <= 0x9FFF)
    or (code >= 0xF900 and code <= 0xFAFF) or (code >= 0xFF00 and code <= 0xFFEF)
    or (code >= 0x20000 and code <= 0x3FFFF)
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
    marked:insert(run.chinese and pandoc.Span({ str }, pandoc.Attr('', {}, { lang = 'zh' })) or str)
  end
  return marked
end

-- A hyphen right before a number that stands alone is a minus.
local function with_minus(text)
  return (text:gsub('^%-(%.?%d)', '−%1'):gsub('^%(%-(%.?%d)', '(−%1'))
end

-- ---------------------------------------------------------------- tables

-- The code of the longest of some texts {text=, code=}, as a Typst list; which is the widest, Typst will measure.
local function longest(texts, count)
  local sizes, distinct = {}, {}
  for _, entry in ipairs(texts) do
    if not sizes[entry.code] then
      sizes[entry.code] = utf8.len(entry.text)
      distinct[#distinct + 1] = entry.code
    end
  end
  table.sort(distinct, function(a, b)
    if sizes[a] ~= sizes[b] then return sizes[a] > sizes[b] end
    return a < b
  end)
  local codes = table.concat(distinct, ', ', 1, math.min(count, #distinct))
  return '(' .. codes .. (codes == '' and '' or ',') .. ')'
end

-- The longest words (which cannot be broken) and texts of each column, as Typst values to measure.
local function column_measures(rows, count, has_code)
  local words, texts = {}, {}
  for column = 1, count do
    local column_words, column_texts = {}, {}
    for row_number, row in ipairs(rows) do
      local content = row[column]
      local text = pandoc.utils.stringify(content)
      column_texts[row_number] = { text = text, code = quote(text) }
      local function add(some, font)
        -- Chinese may be broken between any two characters, other words after a hyphen before a letter.
        for _, run in ipairs(runs(some)) do
          if not run.chinese then
            for part in run.text:gsub('%-(%a)', '- %1'):gmatch '[^ \t\n]+' do
              column_words[#column_words + 1] = { text = part, code = font .. '(' .. quote(part) .. ')' }
            end
          end
        end
      end
      if has_code then
        pandoc.Blocks(content):walk {
          Str = function(str) add(str.text, 'text') end,
          Code = function(code) add(code.text, 'raw') end,
        }
      else
        add(with_minus(text:gsub('%[%d+%]', ' ')), 'text') -- reference numbers are raised and may stand apart
      end
    end
    words[column], texts[column] = longest(column_words, 6), longest(column_texts, 3)
  end
  return '(' .. table.concat(words, ', ') .. ',)', '(' .. table.concat(texts, ', ') .. ',)'
end

local ALIGN = { AlignRight = 'right', AlignCenter = 'center' }

local function contents_of(row)
  local contents = {}
  for index, cell in ipairs(row.cells) do
    contents[index] = cell.contents
  end
  return contents
end

-- Tables of verdicts have a layout of their own, with fixed widths (the columns are those that pdf.py looks for).
local function of_verdicts(header)
  local heads = {}
  for _, content in ipairs(header) do
    heads[pandoc.utils.stringify(content)] = true
  end
  return heads.Line and heads.Claim and heads.Verdict
end

-- Typst: a call of the template's data-table, which chooses widths and type size.
local function typst_table(tbl, has_code)
  local align, count = {}, #tbl.colspecs
  for index, spec in ipairs(tbl.colspecs) do
    align[index] = ALIGN[spec[1]] or 'left'
  end
  local head, rows = tbl.head.rows[1], {}
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      rows[#rows + 1] = contents_of(row)
    end
  end
  local header = head and contents_of(head) or {}
  local all = { header, table.unpack(rows) }
  local words, texts = '()', '()'
  if not of_verdicts(header) then
    words, texts = column_measures(all, count, has_code)
  end
  local inlines = pandoc.Inlines {
    typst('#data-table(align: (' .. table.concat(align, ', ') .. ',)'),
    typst(', words: ' .. words .. ', texts: ' .. texts),
  }
  for index, row in ipairs(all) do
    inlines:insert(typst(index == 1 and ', header: (' or ', ('))
    for _, content in ipairs(row) do
      inlines:insert(typst '[')
      inlines:extend(pandoc.utils.blocks_to_inlines(content))
      inlines:insert(typst '],')
    end
    inlines:insert(typst ')')
  end
  inlines:insert(typst ')')
  return pandoc.Plain(inlines)
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
  Table = function(tbl)
    -- A pipe table cannot be captioned or span cells; its head is one row.
    if #tbl.head.rows ~= 1 then
      fault 'a table needs one header row'
    end
  end,
}

-- Heading ids, unique over all pieces.
local chapter -- of the piece at hand

local function identify(header)
  if header.identifier == '' then
    local text = pandoc.utils.stringify(header):lower()
    local slug = text:gsub('[^%w]+', '-'):gsub('^%-+', ''):gsub('%-+$', '')
    header.identifier = header.level == 1 and 'chapter-' .. chapter
      or chapter .. '-' .. (slug == '' and 'section' or slug)
  end
  local base, number = header.identifier, 1
  while used_ids[header.identifier] do
    number = number + 1
    header.identifier = base .. '-' .. number
  end
  used_ids[header.identifier] = true
  return header
end

local function mark_word(str)
  -- Most words hold neither. In UTF-8, a Chinese character starts with byte E2 or higher.
  if str.text:find '^%(?%-' or str.text:find '[\xE2-\xF4]' then
    return mark_chinese(with_minus(str.text))
  end
end

-- One walk does all that both targets need: each walk carries the whole piece from pandoc to Lua and back. For Typst,
-- words are marked when they are escaped.
check.Header = identify
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
      if run.chinese then
        escaped = '#text(lang: "zh", region: "cn")[' .. escaped .. ']'
      elseif run.text:find '%d%%?–[−%d]' then
        escaped = '#box[' .. escaped .. ']' -- a line may end after a dash, but not within a range of numbers
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
      return nil
    end
    local inlines = pandoc.Inlines { typst('#anchor(' .. quote(span.identifier) .. ')[') }
    inlines:extend(span.content)
    inlines:insert(typst ']')
    return inlines
  end,
}

local function prepare(piece)
  -- The line break at the end counts: without it pandoc takes a table's last row for a paragraph.
  local doc = pandoc.read(piece.text .. '\n', reader_for(piece.text))
  chapter = piece.chapter
  doc = doc:walk(check)
  if target == 'typst' then
    -- Tables first: they are measured by their words, before links and formulas become code.
    if piece.text:find '|' then
      local has_code = piece.text:find '`' ~= nil
      doc = doc:walk { Table = function(tbl) return typst_table(tbl, has_code) end }
    end
    doc = doc:walk(typst_only)
  end
  return doc.blocks
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

local parts, all_faults = {}, {}
local pieces = pandoc.json.decode(io.read 'a', false)
for index, piece in ipairs(pieces) do
  faults = pandoc.List {}
  all_faults[index] = faults
  parts[index] = watched(prepare, piece) or pandoc.Blocks {}
end
faults = pandoc.List {}
local texts = watched(write_all, parts)
if #faults > 0 or #texts ~= #parts then
  -- One by one, to tell which piece is at fault.
  texts = {}
  for index, blocks in ipairs(parts) do
    faults = all_faults[index]
    texts[index] = watched(write, blocks) or ''
  end
end
local results, ids = pandoc.List {}, pandoc.List {}
for index, text in ipairs(texts) do
  results:insert { text = text, faults = all_faults[index] }
end
for id in pairs(used_ids) do
  ids:insert(id)
end
io.write(pandoc.json.encode { pieces = results, ids = ids })
