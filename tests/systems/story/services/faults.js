// What a service can be told to do wrong, by the environment variable FAULT.

export const FAULTS = {
  gateway: ["accepts-nothing", "wrong-answer", "no-news", "wrong-news"],
  billing: ["bills-twice", "gives-up", "bills-nobody"],
};

// has("no-news") of the service with that name; ends it where FAULT names what it does not have.
export function faults(service) {
  const wanted = (process.env.FAULT ?? "").split(",").filter(Boolean);
  const known = FAULTS[service];
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    console.error(`${service}: there is no fault "${unknown}"; there are ${known.join(", ")}`);
    process.exit(2);
  }
  return (name) => wanted.includes(name);
}
