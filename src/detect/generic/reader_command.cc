// Arguments of programs that take a secret, and a few fixed phrases before one.
#include <array>
#include <span>
#include <utility>

#include "detect/generic/command_tools.h"
#include "detect/generic/reader_parts.h"

namespace spillguard::detect::generic {

using std::string_view_literals::operator""sv;
namespace {

constexpr size_t kMaxArguments = 320;  // bytes of a command that are read
constexpr int kMaxCount = 40;          // of arguments

// The arguments of one command, cut at blanks outside quotes.
class Arguments {
 public:
  Arguments(std::string_view text, size_t from)
      : text_(text), at_(from), end_(line_end(text, from, kMaxArguments)) {}
  // The next argument without quotes, and what is before it.
  std::optional<Value> next() {
    at_ = skip_blanks(text_, at_);
    if (at_ < end_ && text_[at_] == '\\' && at_ + 1 >= end_ && at_ + 1 < text_.size()) {
      at_ = skip_space(text_, at_ + 1, 16);  // the command goes on in the next line
      end_ = line_end(text_, at_, kMaxArguments);
    }
    if (at_ >= end_) return std::nullopt;
    const char c = text_[at_];
    if (c == '|' || c == '&' || c == ';' || c == '<' || c == '>') return std::nullopt;
    if (c == '"' || c == '\'') {
      auto value = quoted_value(text_, at_);
      if (!value || value->end > end_) return std::nullopt;
      at_ = value->end;
      return value;
    }
    const size_t begin = at_;
    while (at_ < end_ && !is_blank(text_[at_]) && text_[at_] != '`' && text_[at_] != '<' &&
           text_[at_] != '"' && text_[at_] != '\'') {
      ++at_;
    }
    // --user='a:b', -u"a:b": the quotes are the value's.
    if (at_ < end_ && (text_[at_] == '"' || text_[at_] == '\'') && at_ > begin) {
      const auto value = quoted_value(text_, at_);
      pending_ = value && value->end <= end_ ? value : std::nullopt;
      const size_t stop = at_;
      at_ = pending_ ? pending_->end : end_;
      return Value{.span = {begin, stop}, .end = stop};
    }
    if (at_ == begin) return std::nullopt;
    return Value{.span = {begin, at_}, .end = at_};
  }
  // A quoted part of the argument that was given last.
  std::optional<Value> take_pending() { return std::exchange(pending_, std::nullopt); }

 private:
  std::string_view text_;
  size_t at_;
  size_t end_;
  std::optional<Value> pending_;
};

struct Command {
  std::string_view text;
  Span name;
  std::vector<Candidate>& out;

  void offer(Value value, Span option, Noun noun) const {
    if (value.quote == '\0') {
      // What closes a sentence or markup around the command.
      while (value.span.end > value.span.begin &&
             (text[value.span.end - 1] == ',' || text[value.span.end - 1] == ')')) {
        --value.span.end;
      }
    }
    const Place place{
        .text = text, .name = {.key = option, .keyword = option, .noun = noun}, .out = out};
    place.offer(value, Setting::kCommandLine);
  }
  // The part of an argument behind a divider.
  void offer_behind(const Value& both, char divider, Span option) const {
    const std::string_view bytes = text.substr(both.span.begin, both.span.size());
    const size_t cut = bytes.find(divider);
    if (cut == std::string_view::npos || cut == 0) return;
    Value value = both;
    value.span.begin += cut + 1;
    offer(value, option, Noun::kCredential);
  }
};

// Between user and secret.
char divider_of(Form form) {
  if (form == Form::kUserColon) return ':';
  return form == Form::kUserComma ? ',' : '%';
}

void read_form(const Command& command, const Tool& tool, const Value& argument,
               Arguments& arguments) {
  const std::string_view text = command.text;
  const std::string_view bytes = text.substr(argument.span.begin, argument.span.size());
  const Span whole = argument.span;
  const bool exact = bytes == tool.option;
  Value rest = argument;
  rest.span.begin += std::min(tool.option.size(), rest.span.size());
  if (at(text, rest.span.begin) == '=' && rest.span.size() > 0) ++rest.span.begin;
  if (const auto pending = arguments.take_pending()) rest = *pending;
  const bool attached =
      bytes.starts_with(tool.option) && rest.span.size() > 0 && !(exact && rest.quote == '\0');
  switch (tool.form) {
    case Form::kAttached:
      if (attached)
        command.offer(rest, {whole.begin, whole.begin + tool.option.size()}, Noun::kPassword);
      return;
    case Form::kNext:
    case Form::kEither:
      if (exact) {
        const auto value = arguments.next();
        if (value && text[value->span.begin] != '-') command.offer(*value, whole, Noun::kPassword);
      } else if (attached && tool.form == Form::kEither) {
        command.offer(rest, {whole.begin, whole.begin + tool.option.size()}, Noun::kPassword);
      }
      return;
    case Form::kUserColon:
    case Form::kUserComma:
    case Form::kUserPercent: {
      const char divider = divider_of(tool.form);
      if (exact && rest.quote == '\0') {
        if (const auto value = arguments.next()) command.offer_behind(*value, divider, whole);
      } else if (attached) {
        command.offer_behind(rest, divider, {whole.begin, whole.begin + tool.option.size()});
      }
      return;
    }
    case Form::kAfterUser:
      if (exact && arguments.next()) {
        if (auto value = arguments.next()) {
          // htpasswd names its file before the user.
          if (tool.name == "htpasswd") value = arguments.next();
          if (value) command.offer(*value, whole, Noun::kPassword);
        }
      }
      return;
    default:
      return;  // of read_without_option()
  }
}

void read_sqlplus(const Command& command, Arguments& arguments) {
  for (int i = 0; i < 4; ++i) {
    const auto argument = arguments.next();
    if (!argument) return;
    const std::string_view bytes = command.text.substr(argument->span.begin, argument->span.size());
    if (bytes.starts_with('-')) continue;
    const size_t slash = bytes.find('/');
    if (slash == std::string_view::npos || slash == 0) return;
    Value value = *argument;
    const size_t host = bytes.find('@', slash);
    if (host != std::string_view::npos) value.span.end = value.span.begin + host;
    value.span.begin += slash + 1;
    if (value.span.begin < value.span.end) command.offer(value, command.name, Noun::kCredential);
    return;
  }
}

void read_net_use(const Command& command, Arguments& arguments) {
  std::optional<Value> before;
  for (int i = 0; i < 6; ++i) {
    const auto argument = arguments.next();
    if (!argument) return;
    const std::string_view bytes = command.text.substr(argument->span.begin, argument->span.size());
    if (goes_on_with(command.text, argument->span.begin, "/user:")) {
      auto value = before;
      if (!value) value = arguments.next();
      if (value) command.offer(*value, argument->span, Noun::kPassword);
      return;
    }
    const bool place = bytes.starts_with("\\\\") || bytes.ends_with(":") || bytes.starts_with('/');
    before = place ? std::nullopt : argument;
  }
}

// net user U V /add
void read_net_user(const Command& command, Arguments& arguments) {
  if (!arguments.next()) return;
  const auto value = arguments.next();
  const auto option = arguments.next();
  if (!value || !option || !goes_on_with(command.text, option->span.begin, "/")) return;
  command.offer(*value, command.name, Noun::kPassword);
}

// A secret that no option names: by its place, or behind a user.
void read_without_option(const Command& command, const Tool& tool, Arguments& arguments) {
  const std::string_view text = command.text;
  size_t before = 0;  // arguments
  switch (tool.form) {
    case Form::kUserSlash:
      return read_sqlplus(command, arguments);
    case Form::kNetUse:
      return read_net_use(command, arguments);
    case Form::kNetUser:
      return read_net_user(command, arguments);
    case Form::kUserColon:
      if (const auto both = arguments.next()) command.offer_behind(*both, ':', command.name);
      return;
    case Form::kNext:
      // "unzip -p" writes to the output; only -P takes a password.
      if (text[command.name.end - 1] != 'P') return;
      break;
    case Form::kSecond:
      before = 1;
      break;
    case Form::kFourth:
      before = 3;
      break;
    case Form::kFifth:
      before = 4;
      break;
    default:
      break;
  }
  for (; before > 0; --before) {
    if (!arguments.next()) return;
  }
  const auto value = arguments.next();
  if (value && text[value->span.begin] != '-') command.offer(*value, command.name, Noun::kPassword);
}

// The tools that the program whose name stands at an offset may be.
struct Tools {
  std::array<const Tool*, std::size(kTools)> list{};
  size_t count = 0;
  Tools(std::string_view text, size_t name) {
    for (const Tool& tool : kTools) {
      if (goes_on_with(text, name, tool.name)) list.at(count++) = &tool;
    }
  }
  [[nodiscard]] std::span<const Tool* const> all() const { return std::span(list).first(count); }
};

// Whether an argument begins as some option of the program does: most commands have none.
bool has_option(const Tools& tools, std::string_view text, size_t from) {
  Arguments arguments(text, from);
  for (int i = 0; i < kMaxCount; ++i) {
    const auto argument = arguments.next();
    if (!argument) return false;
    arguments.take_pending();
    const std::string_view bytes = text.substr(argument->span.begin, argument->span.size());
    for (const Tool* tool : tools.all()) {
      if (!tool->option.empty() && bytes.starts_with(tool->option)) return true;
    }
  }
  return false;
}

}  // namespace

void read_tool(std::string_view text, Span hit, std::vector<Candidate>& out) {
  if (hit.begin > 0 && (is_word(text[hit.begin - 1]) || text[hit.begin - 1] == '-')) return;
  size_t end = hit.end;
  while (end < text.size() && end - hit.begin < 24 && (is_word(text[end]) || text[end] == '.'))
    ++end;
  if (!is_blank(at(text, end))) return;
  const Command command{.text = text, .name = {hit.begin, end}, .out = out};
  const Tools tools(text, hit.begin);
  std::optional<bool> options;  // whether there is one, once it was asked
  for (const Tool* tool : tools.all()) {
    const bool own_form = tool->option.empty() || tool->form == Form::kNetUse;
    if (!own_form) {
      if (!options) options = has_option(tools, text, end);
      if (!*options) continue;
    }
    Arguments arguments(text, end);
    if (own_form) {
      read_without_option(command, *tool, arguments);
    } else {
      for (int i = 0; i < kMaxCount; ++i) {
        const auto argument = arguments.next();
        if (!argument) break;
        const std::string_view bytes = text.substr(argument->span.begin, argument->span.size());
        if (bytes.starts_with(tool->option)) {
          read_form(command, *tool, *argument, arguments);
        } else {
          arguments.take_pending();
        }
      }
    }
  }
}

}  // namespace spillguard::detect::generic
