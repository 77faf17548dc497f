export default function Page() {
  return <h1>guard</h1>;
}
