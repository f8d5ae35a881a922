#include "regex/java/study.h"

#include <algorithm>

namespace spillguard::regex::java {
namespace {

// Java's int: it wraps around.
int32_t wrapped(uint32_t value) { return static_cast<int32_t>(value); }
int32_t plus(int32_t a, int32_t b) {
  return wrapped(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
int32_t times(int32_t a, uint32_t b) { return wrapped(static_cast<uint32_t>(a) * b); }

void study_repeat(const Program& program, const Step& step, Study& study) {
  constexpr int32_t kLarge = 0xFFFFFFF;
  const Study before = study;
  study = Study();
  study_steps(program, step.body, study);
  const int32_t min = plus(times(study.min, step.min), before.min);
  study.min = min < before.min ? kLarge : min;
  if (before.max_known && study.max_known) {
    study.max = plus(times(study.max, step.max), before.max);
    study.max_known = study.max >= before.max;
  } else {
    study.max_known = false;
  }
  study.deterministic = study.deterministic && step.min == step.max && before.deterministic;
}

void study_branch(const Program& program, const Step& step, Study& study) {
  const Study before = study;
  Study all{.min = INT32_MAX, .max = -1, .max_known = before.max_known};
  for (uint32_t i = 0; i < step.count; ++i) {
    Study one;
    const uint32_t alternative = program.alternatives[step.first + i];
    if (alternative != kNoStep) study_steps(program, alternative, one);
    all.min = std::min(all.min, one.min);
    all.max = std::max(all.max, one.max);
    all.max_known = all.max_known && one.max_known;
  }
  study = Study();
  study_steps(program, step.next, study);
  study.min = plus(study.min, plus(before.min, all.min));
  study.max = plus(study.max, plus(before.max, all.max));
  study.max_known = study.max_known && all.max_known;
  study.deterministic = false;
}

}  // namespace

bool study_steps(const Program& program, uint32_t at, Study& study) {
  for (; at != kNoStep; at = program.steps[at].next) {
    const Step& step = program.steps[at];
    switch (step.op) {
      case Step::Op::kSet:
        study.min = plus(study.min, 1);
        study.max = plus(study.max, 1);
        break;
      case Step::Op::kLineBreak:
        study.min = plus(study.min, 1);
        study.max = plus(study.max, 2);
        break;
      case Step::Op::kCluster:
        study.min = plus(study.min, 1);
        study.deterministic = false;
        break;
      case Step::Op::kGreedy:
        study.min = plus(study.min, wrapped(step.min));
        if (study.max_known) study.max = plus(study.max, wrapped(kMostRounds));
        study.deterministic = false;
        break;
      case Step::Op::kNever:
      case Step::Op::kBackRef:
        study.max_known = false;
        break;
      case Step::Op::kCurly:
      case Step::Op::kGroupCurly:
        study_repeat(program, step, study);
        break;
      case Step::Op::kQuestion: {
        const int32_t min = study.min;
        study_steps(program, step.body, study);
        study.min = min;
        study.deterministic = false;
        break;
      }
      case Step::Op::kAtomic:
        study_steps(program, step.body, study);
        break;
      case Step::Op::kBranch:
        study_branch(program, step, study);
        return false;
      case Step::Op::kProlog:
        study.max_known = false;
        study.deterministic = false;
        return false;
      case Step::Op::kJoin:
        return study.deterministic;
      default:
        break;  // of no width, as Java sees it
    }
  }
  return study.deterministic;
}

}  // namespace spillguard::regex::java
