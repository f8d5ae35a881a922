// What repeats: each kind of repetition as Java's nodes for it do it.
#include "regex/java/machine.h"
#include "regex/java/utf8.h"

namespace spillguard::regex::java {

// All characters of the set that there are, then fewer of them.
void Machine::enter_greedy(const Step& step) {
  const MemberSet& set = program_->sets[step.set];
  size_t at = at_;
  size_t rounds = 0;
  while (at < text_.size()) {
    const Utf8Step one = utf8_at(text_, at);
    if (!set.contains(one.c)) break;
    at = one.end;
    ++rounds;
  }
  steps_ += rounds / 8;
  if (rounds < step.min) return give(false);
  if (rounds == step.min) return call(step.next, at);
  wait(kNext, at);
  calls_.back().rounds = rounds;
  call(step.next, at);
}

void Machine::resume_greedy(const Step& step, Call& mine) {
  if (result_) return finish(true);
  mine.at = utf8_before(text_, mine.at);
  if (--mine.rounds == step.min) return replace(step.next, mine.at);
  call(step.next, mine.at);
}

void Machine::enter_curly(const Step& step) {
  if (step.min == 0) return curly_rest(step, at_, 0);
  wait(kRequired, at_);
  call(step.body, at_);
}

// Behind the rounds that must be. step_ is the step's own number.
void Machine::curly_rest(const Step& step, size_t at, size_t rounds) {
  const bool may_go_on = rounds < step.max;
  if (step.greed != Greed::kReluctant && !may_go_on) return call(step.next, at);
  wait(step.greed == Greed::kReluctant ? kNext : kFirst, at);
  calls_.back().rounds = rounds;
  calls_.back().least = rounds;
  call(step.greed == Greed::kReluctant ? step.next : step.body, at);
}

void Machine::resume_curly(const Step& step, Call& mine) {
  if (mine.stage == kRequired) {
    if (!result_) return finish(false);
    mine.at = last_;
    if (++mine.rounds < step.min) return call(step.body, mine.at);
    const size_t at = mine.at;
    step_ = mine.step;
    calls_.pop_back();
    return curly_rest(step, at, step.min);
  }
  switch (step.greed) {
    case Greed::kGreedy:
      return resume_greedy_curly(step, mine);
    case Greed::kPossessive:
      if (!result_ || last_ == mine.at) return replace(step.next, mine.at);
      mine.at = last_;
      if (++mine.rounds >= step.max) return replace(step.next, mine.at);
      return call(step.body, mine.at);
    case Greed::kReluctant:
      break;
  }
  if (mine.stage == kNext) {
    if (result_) return finish(true);
    if (mine.rounds >= step.max) return finish(false);
    mine.stage = kMore;
    return call(step.body, mine.at);
  }
  if (!result_ || last_ == mine.at) return finish(false);
  mine.at = last_;
  ++mine.rounds;
  mine.stage = kNext;
  call(step.next, mine.at);
}

void Machine::more_rounds(const Step& step, Call& mine) {
  mine.at = last_;
  if (++mine.rounds >= step.max) return back_off(step, mine);
  mine.stage = kMore;
  call(step.body, mine.at);
}

// Rounds of one length can be given back by counting; one of another length begins anew.
void Machine::resume_greedy_curly(const Step& step, Call& mine) {
  switch (mine.stage) {
    case kFirst:
      if (!result_ || last_ == mine.at) return replace(step.next, mine.at);
      mine.width = width_between(mine.at, last_);
      return more_rounds(step, mine);
    case kMore:
      if (!result_) return back_off(step, mine);
      if (width_between(mine.at, last_) == mine.width) return more_rounds(step, mine);
      mine.stage = kNested;
      step_ = mine.step;
      return curly_rest(step, last_, mine.rounds + 1);
    case kNested:
      if (result_) return finish(true);
      return back_off(step, mine);
    default:
      break;
  }
  if (result_) return finish(true);
  if (mine.rounds == mine.least) return finish(false);
  mine.at = back_over(mine.at, mine.width);
  --mine.rounds;
  call(step.next, mine.at);
}

void Machine::enter_group_curly(const Step& step) {
  wait(kRequired, at_);
  calls_.back().saved = groups_[step.group];
  if (step.min > 0) return call(step.body, at_);
  calls_.back().stage = kLast;
  group_rest(step, at_, 0);
}

void Machine::group_rest(const Step& step, size_t at, size_t rounds) {
  const bool lazy = step.greed == Greed::kReluctant;
  if (!lazy && rounds >= step.max) return call(step.next, at);
  wait(lazy ? kNext : kFirst, at);
  Call& mine = calls_.back();
  mine.rounds = rounds;
  mine.least = rounds;
  mine.saved = groups_[step.group];
  call(lazy ? step.next : step.body, at);
}

void Machine::resume_group_curly(const Step& step, Call& mine) {
  if (mine.stage == kLast || (mine.stage == kRequired && !result_)) {
    if (!result_ && step.group != 0) groups_[step.group] = mine.saved;
    return finish(result_);
  }
  if (mine.stage == kRequired) {
    set_group(step, mine.at, last_);
    mine.at = last_;
    if (++mine.rounds < step.min) return call(step.body, mine.at);
    mine.stage = kLast;
    step_ = mine.step;
    return group_rest(step, mine.at, step.min);
  }
  if (step.greed == Greed::kGreedy) return resume_greedy_group(step, mine);
  if (mine.stage == kNext) {
    if (result_) return finish(true);
    if (mine.rounds >= step.max) return finish(false);
    mine.stage = kMore;
    return call(step.body, mine.at);
  }
  if (!result_ || last_ == mine.at) return finish(false);
  set_group(step, mine.at, last_);
  mine.at = last_;
  ++mine.rounds;
  mine.stage = kNext;
  call(step.next, mine.at);
}

void Machine::another_round(const Step& step, Call& mine) {
  set_group(step, mine.at, last_);
  mine.at = last_;
  if (++mine.rounds >= step.max) return back_off_group(step, mine);
  mine.stage = kMore;
  call(step.body, mine.at);
}

void Machine::back_off_group(const Step& step, Call& mine) {
  if (mine.rounds > mine.least) return back_off(step, mine);
  if (step.group != 0) groups_[step.group] = mine.saved;
  replace(step.next, mine.at);
}

void Machine::resume_greedy_group(const Step& step, Call& mine) {
  switch (mine.stage) {
    case kFirst:
      if (!result_ || last_ == mine.at) {
        if (step.group != 0) groups_[step.group] = mine.saved;
        return replace(step.next, mine.at);
      }
      mine.width = width_between(mine.at, last_);
      return another_round(step, mine);
    case kMore:
      if (!result_) return back_off_group(step, mine);
      if (width_between(mine.at, last_) == mine.width) return another_round(step, mine);
      mine.stage = kNested;
      step_ = mine.step;
      return group_rest(step, mine.at, mine.rounds);
    case kNested:
      if (result_) return finish(true);
      return back_off_group(step, mine);
    default:
      break;
  }
  if (result_) {
    set_group(step, back_over(mine.at, mine.width), mine.at);
    return finish(true);
  }
  mine.at = back_over(mine.at, mine.width);
  set_group(step, back_over(mine.at, mine.width), mine.at);
  --mine.rounds;
  back_off_group(step, mine);
}

void Machine::resume_question(const Step& step, Call& mine) {
  if (step.greed == Greed::kPossessive) return replace(step.next, result_ ? last_ : mine.at);
  if (step.greed == Greed::kReluctant) {
    if (mine.stage == kMore) return result_ ? replace(step.next, last_) : finish(false);
    if (result_) return finish(true);
    mine.stage = kMore;
    return call(step.body, mine.at);
  }
  if (mine.stage == kNext) return result_ ? finish(true) : replace(step.next, mine.at);
  if (!result_) return replace(step.next, mine.at);
  mine.stage = kNext;
  call(step.next, last_);
}

// The first round of a loop, whose count begins at one; the count of a round of the same loop that
// this one is part of comes back afterwards.
void Machine::enter_prolog(const Step& loop) {
  const bool lazy = loop.greed == Greed::kReluctant;
  const bool body_first = loop.min > 0 || (!lazy && loop.max > 0);
  const bool only_one = loop.min > 0 || loop.max == 0;
  wait(only_one ? kLast : body_first ? kBody : kNext, at_);
  calls_.back().width = locals_[loop.count];
  if (body_first) locals_[loop.count] = 1;
  call(body_first ? loop.body : loop.next, at_);
}

void Machine::resume_prolog(const Step& loop, Call& mine) {
  const Stage stage = mine.stage;
  mine.stage = kLast;
  if (!result_ && stage == kBody) return call(loop.next, mine.at);
  if (!result_ && stage == kNext) {
    locals_[loop.count] = 1;
    return call(loop.body, mine.at);
  }
  locals_[loop.count] = mine.width;
  finish(result_);
}

// Behind a round. One that matched nothing ends the loop. A loop that no other repetition is about
// remembers, through all of a search, where its rounds failed: Java does so in patterns without
// back references, which takes the sting out of (a|a)*b.
void Machine::enter_loop(const Step& step) {
  if (at_ <= locals_[step.local]) return call(step.next, at_);
  const size_t rounds = locals_[step.count];
  const bool required = rounds < step.min;
  const bool lazy = step.greed == Greed::kReluctant;
  if (!required && !lazy && rounds >= step.max) return call(step.next, at_);
  if (!required && step.memo != kNoStep && memos_[step.memo].contains(at_)) {
    return call(step.next, at_);
  }
  const bool next_first = !required && lazy;
  wait(required ? kRequired : next_first ? kNext : kMore, at_);
  calls_.back().rounds = rounds;
  if (!next_first) locals_[step.count] = rounds + 1;
  call(next_first ? step.next : step.body, at_);
}

void Machine::resume_loop(const Step& step, Call& mine) {
  if (result_) return finish(true);
  if (mine.stage == kNext) {
    if (mine.rounds >= step.max) return finish(false);
    locals_[step.count] = mine.rounds + 1;
    mine.stage = kRequired;
    return call(step.body, mine.at);
  }
  locals_[step.count] = mine.rounds;
  if (mine.stage == kRequired) return finish(false);
  if (step.memo != kNoStep) {
    if (remembered_ >= kMaxRemembered) forget();
    remembered_ += memos_[step.memo].insert(mine.at).second ? 1 : 0;
  }
  replace(step.next, mine.at);
}

}  // namespace spillguard::regex::java
