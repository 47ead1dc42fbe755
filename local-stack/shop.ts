const count = (until: number) => Array.from({ length: until }, (_, index) => index + 1);
const pick = (words: readonly string[], n: number) => `${words[n % words.length]}`;
const hour = 3_600_000;

const firstNames = ["Anna", "Boris", "Chen", "Dina", "Emre", "Fatima", "Goran", "Hana", "Ivan", "Jutta"];
const lastNames = ["Berg", "Costa", "Dubois", "Evans", "Fischer", "Garcia", "Haddad"];
const cities = ["Berlin", "Lisbon", "Lyon", "Cardiff", "Vienna", "Madrid", "Tunis", "Oslo", "Porto"];
const articles = ["desk lamp", "office chair", "monitor arm", "notebook", "keyboard", "standing desk"];
const statuses = ["paid", "shipped", "shipped", "delivered", "delivered", "returned"];

/** What the database orders holds on every engine: its columns in the order of the tables. */
export const shop = {
  customers: count(200).map((id) => {
    const [first, last] = [pick(firstNames, id), pick(lastNames, id)];
    return {
      id,
      name: `${first} ${last}`,
      email: `${first}.${last}${id}@example.com`.toLowerCase(),
      city: pick(cities, id),
      since: new Date(Date.UTC(2023, 0, 1 + id * 5)),
    };
  }),
  orders: count(600).map((id) => ({
    id,
    customer_id: 1 + ((id * 37) % 200),
    article: pick(articles, id),
    quantity: 1 + (id % 4),
    price_cents: 1290 + ((id * 7919) % 48_000),
    status: pick(statuses, id * 5),
    ordered_at: new Date(Date.UTC(2026, 0, 5, 8) + id * 7 * hour),
  })),
};
