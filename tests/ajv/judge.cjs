// Reads {schemas: {name: schema}, documents: [{schema, document}]} from standard input and answers the verdict of each document.
// Strict: a keyword that draft 2020-12 does not know is an error, not a comment.
const path = require("node:path");
const Ajv = require(path.join(__dirname, "../../.cache/ajv/node_modules/ajv/dist/2020.js")).default;

let text = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (piece) => (text += piece));
process.stdin.on("end", () => {
  const { schemas, documents } = JSON.parse(text);
  const ajv = new Ajv({ strictSchema: true, validateSchema: true, allErrors: false });
  const compiled = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, ajv.compile(schema)]));
  process.stdout.write(JSON.stringify(documents.map(({ schema, document }) => compiled[schema](document))));
});
