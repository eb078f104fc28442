// Each test as a line of JSON, for tests/test_javascript.py.

export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { error } = data.details;
    const fault = error && String(error.cause?.stack ?? error.message);
    yield `${JSON.stringify({ file: data.file, name: data.name, fault })}\n`;
  }
}
