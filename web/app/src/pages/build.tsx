export default function Page() {
  return <h1>build</h1>;
}
