#include "extract_helper/serve.h"

#include <unistd.h>

#include <exception>
#include <string_view>
#include <utility>

#include "extract/channel.h"
#include "extract/wire.h"

namespace spillguard::extract {
namespace serving {
namespace {

constexpr uint64_t kSmall = uint64_t{1} << 20U;

// The other side is gone or does not keep to the protocol: there is nobody to work for.
[[noreturn]] void leave() { ::_exit(0); }

void must(const Status& status) {
  if (!status) {
    leave();
  }
}

Message must_receive(Channel& channel, MessageKind kind, uint64_t most) {
  auto message = channel.receive(most);
  if (!message || message->kind != kind) {
    leave();
  }
  return std::move(*message);
}

ToolAnswer ask_tool(Channel& channel, const Limits& limits, Tool tool, uint32_t number,
                    std::string_view file) {
  WireWriter out;
  out.number(static_cast<uint64_t>(tool));
  out.number(number);
  out.text(file);
  must(channel.send(MessageKind::kTool, out.take()));
  const Message answer =
      must_receive(channel, MessageKind::kToolText, limits.tool_output_bytes + kSmall);
  WireReader in(answer.body);
  ToolAnswer result;
  const uint64_t reason = in.number();
  result.text = in.text();
  if (!in.done() || reason >= kReasons) {
    leave();
  }
  result.reason = static_cast<Reason>(reason);
  return result;
}

void read_document(Channel& channel) {
  Message job = must_receive(channel, MessageKind::kJob, kSmall);
  Limits limits;
  std::string name;
  must(unpack_job(job.body, limits, name));
  const Message document = must_receive(channel, MessageKind::kDocument, limits.input_bytes);
  const Output output{
      .part = [&](const Part& part) { must(channel.send(MessageKind::kPart, pack_part(part))); },
      .outcome =
          [&](const Outcome& outcome) {
            must(channel.send(MessageKind::kOutcome, pack_outcome(outcome)));
          },
      .tool = [&](Tool tool, uint32_t number,
                  std::string_view file) { return ask_tool(channel, limits, tool, number, file); }};
  Reading reading(limits, output);
  reading.document(name, document.body);
  must(channel.send(MessageKind::kDone, {}));
}

}  // namespace
}  // namespace serving

int serve(const std::string& sandbox) {
  Channel channel(STDIN_FILENO, STDOUT_FILENO);
  serving::must(channel.send(MessageKind::kHello, sandbox));
  try {
    for (;;) {
      serving::read_document(channel);
    }
  } catch (const std::exception&) {  // no memory for the document itself
    return 1;
  }
}

int refuse(const std::string& why) {
  Channel channel(STDIN_FILENO, STDOUT_FILENO);
  (void)channel.send(MessageKind::kRefused, why);
  return 1;
}

}  // namespace spillguard::extract
