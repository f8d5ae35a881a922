#include "regex/java/machine.h"

#include <algorithm>

#include "regex/java/graphemes.h"
#include "regex/java/unicode_case.h"
#include "regex/java/utf8.h"
#include "regex/pattern.h"

namespace spillguard::regex {

void MatchScratch::Free::operator()(java::Machine* machine) const { delete machine; }

java::Machine& MatchScratch::machine() {
  if (machine_ == nullptr) machine_.reset(new java::Machine());
  return *machine_;
}

}  // namespace spillguard::regex

namespace spillguard::regex::java {

void Machine::begin(const Program& program, std::string_view text, size_t last_end) {
  program_ = &program;
  text_ = text;
  last_match_ = last_end;
  last_ = last_end;
  behind_to_ = npos;
  groups_.assign(program.groups, Span{npos, npos});
  locals_.assign(program.locals, npos);
  memos_.resize(std::max<size_t>(memos_.size(), program.memos));
  forget();
}

void Machine::forget() {
  if (remembered_ == 0) return;
  for (auto& memo : memos_) memo.clear();
  remembered_ = 0;
}

bool Machine::may_begin(size_t at) const {
  if (program_->first == kNoStep) return true;
  return at < text_.size() && program_->sets[program_->first].contains(utf8_at(text_, at).c);
}

Machine::Outcome Machine::match_at(size_t at, uint64_t limit) {
  calls_.clear();
  steps_ = 0;
  call(program_->root, at);
  for (;;) {
    if (++steps_ > limit || calls_.size() > kMaxDepth) return Outcome::kLimit;
    if (!returning_) {
      enter();
    } else if (!calls_.empty()) {
      resume();
    } else {
      if (result_) groups_[0] = {at, last_};
      return result_ ? Outcome::kMatch : Outcome::kNoMatch;
    }
  }
}

size_t Machine::width_between(size_t begin, size_t end) {
  steps_ += (end - begin) / 16;
  size_t width = 0;
  for (size_t i = begin; i < end; ++i) {
    const auto byte = static_cast<unsigned char>(text_[i]);
    if (!continues_utf8(text_[i])) width += byte >= 0xF0 ? 2 : 1;
  }
  return width;
}

size_t Machine::back_over(size_t at, size_t width) {
  steps_ += width / 8;
  while (width > 0 && at > 0) {
    at = utf8_before(text_, at);
    const size_t one = static_cast<unsigned char>(text_[at]) >= 0xF0 ? 2 : 1;
    width -= one < width ? one : width;
  }
  return at;
}

void Machine::enter() {
  const Step& step = program_->steps[step_];
  switch (step.op) {
    case Step::Op::kAccept:
      last_ = at_;
      return give(true);
    case Step::Op::kBehindEnd:
      return give(at_ == behind_to_);
    case Step::Op::kSet:
      return enter_set(step);
    case Step::Op::kNever:
      return give(false);
    case Step::Op::kGreedy:
      return enter_greedy(step);
    case Step::Op::kBranch: {
      wait(kBody, at_);
      const uint32_t first = program_->alternatives[step.first];
      return call(first == kNoStep ? step.next : first, at_);
    }
    case Step::Op::kJoin:
      return call(step.next, at_);
    case Step::Op::kGroupHead:
      wait(kBody, at_);
      calls_.back().width = locals_[step.local];
      locals_[step.local] = at_;
      return call(step.next, at_);
    case Step::Op::kGroupTail:
      return enter_tail(step);
    case Step::Op::kCurly:
      return enter_curly(step);
    case Step::Op::kGroupCurly:
      return enter_group_curly(step);
    case Step::Op::kQuestion:
      wait(kBody, at_);
      return call(step.greed == Greed::kReluctant ? step.next : step.body, at_);
    case Step::Op::kAtomic:
    case Step::Op::kLook:
      wait(kBody, at_);
      return call(step.body, at_);
    case Step::Op::kProlog:
      return enter_prolog(program_->steps[step.body]);
    case Step::Op::kLoop:
      return enter_loop(step);
    case Step::Op::kBehind:
      return enter_behind(step);
    case Step::Op::kBackRef:
      return enter_back_reference(step);
    case Step::Op::kLineBreak:
      return enter_line_break(step);
    case Step::Op::kCluster:
      if (at_ >= text_.size()) return give(false);
      return call(step.next, grapheme_end(text_, at_));
    default:
      return pass_if(holds(step));
  }
}

void Machine::enter_set(const Step& step) {
  if (at_ >= text_.size()) return give(false);
  const Utf8Step one = utf8_at(text_, at_);
  if (!program_->sets[step.set].contains(one.c)) return give(false);
  call(step.next, one.end);
}

void Machine::enter_tail(const Step& step) {
  if (step.group != 0) {
    wait(kBody, at_);
    calls_.back().saved = groups_[step.group];
    groups_[step.group] = {locals_[step.local], at_};
  }
  call(step.next, at_);
}

// What Java does with captures of characters beyond U+FFFF while it ignores case is an accident of
// its counting; here they are compared like others.
void Machine::enter_back_reference(const Step& step) {
  const Span group = groups_[step.group];
  if (group.begin == npos) return give(false);
  const size_t size = group.end - group.begin;
  steps_ += size / 8;
  if (step.folding == Folding::kNone) {
    if (text_.size() - at_ < size) return give(false);
    if (text_.substr(at_, size) != text_.substr(group.begin, size)) return give(false);
    return call(step.next, at_ + size);
  }
  size_t here = at_;
  for (size_t there = group.begin; there < group.end;) {
    if (here >= text_.size()) return give(false);
    const Utf8Step a = utf8_at(text_, here);
    const Utf8Step b = utf8_at(text_, there);
    if (!same_folded(a.c, b.c, step.folding)) return give(false);
    here = a.end;
    there = b.end;
  }
  call(step.next, here);
}

// \r\n as one, and if what follows fails, \r alone.
void Machine::enter_line_break(const Step& step) {
  if (at_ >= text_.size()) return give(false);
  const Utf8Step one = utf8_at(text_, at_);
  const bool breaks =
      (one.c >= '\n' && one.c <= '\r') || one.c == 0x85 || one.c == 0x2028 || one.c == 0x2029;
  if (!breaks) return give(false);
  if (one.c == '\r' && one.end < text_.size() && text_[one.end] == '\n') {
    wait(kBody, one.end);
    return call(step.next, one.end + 1);
  }
  call(step.next, one.end);
}

void Machine::resume() {
  Call& mine = calls_.back();
  const Step& step = program_->steps[mine.step];
  switch (step.op) {
    case Step::Op::kGreedy:
      return resume_greedy(step, mine);
    case Step::Op::kBranch: {
      if (result_) return finish(true);
      const auto number = static_cast<uint32_t>(++mine.rounds);
      const uint32_t alternative = program_->alternatives[step.first + number];
      const uint32_t target = alternative == kNoStep ? step.next : alternative;
      if (number + 1 == step.count) return replace(target, mine.at);
      return call(target, mine.at);
    }
    case Step::Op::kGroupHead:
      locals_[step.local] = mine.width;
      return finish(result_);
    case Step::Op::kGroupTail:
      if (!result_) groups_[step.group] = mine.saved;
      return finish(result_);
    case Step::Op::kCurly:
      return resume_curly(step, mine);
    case Step::Op::kGroupCurly:
      return resume_group_curly(step, mine);
    case Step::Op::kQuestion:
      return resume_question(step, mine);
    case Step::Op::kAtomic:
      if (!result_) return finish(false);
      return replace(step.next, last_);
    case Step::Op::kProlog:
      return resume_prolog(program_->steps[step.body], mine);
    case Step::Op::kLoop:
      return resume_loop(step, mine);
    case Step::Op::kLook:
      if (result_ == step.negative) return finish(false);
      return replace(step.next, mine.at);
    case Step::Op::kBehind:
      return resume_behind(step, mine);
    case Step::Op::kLineBreak:
      if (result_) return finish(true);
      return replace(step.next, mine.at);
    default:
      return finish(result_);
  }
}

}  // namespace spillguard::regex::java
